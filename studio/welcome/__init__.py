"""What stands before the canvas: where to begin, what to go on with, what there is to learn from."""
