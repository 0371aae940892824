"""The window: canvas, panels, plots. Stands on core; never imports torch or plugins."""
