"""What kinds of node exist: ports, parameters, equation, help, and how each is built from primitives."""
