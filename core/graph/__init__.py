"""The drawn network as an immutable value, and every edit as a pure function `Graph -> Graph`."""
