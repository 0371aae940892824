"""The training loop, its settings, messages, checkpoints and the worker thread."""
