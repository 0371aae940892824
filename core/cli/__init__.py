"""The `unfold` command without a window. Importing this package is cheap; each command imports what it needs."""
