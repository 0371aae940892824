"""The mistakes a drawing can hold."""
