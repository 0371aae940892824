"""The drawing unrolled in time: the same network as on the canvas, a copy for every step."""
