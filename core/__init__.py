"""Unfold's headless heart: graphs, compiler, data, training, watching, export. Never imports Qt."""
