"""From the drawn graph to a readable, standalone PyTorch module: text in, text out, no torch, no Qt."""
