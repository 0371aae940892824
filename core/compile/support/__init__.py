"""The small functions that an emitted module may bring along."""
