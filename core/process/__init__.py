"""Training, and everything else that needs torch, in a process of its own: whatever it dies of, the window lives."""
