"""Datasets as numpy arrays: fields, vocabularies, splits, seeded batches."""
