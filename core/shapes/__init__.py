"""Sizes and axes of every wire, by unification."""
