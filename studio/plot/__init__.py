"""Draws charts and matrices live."""
