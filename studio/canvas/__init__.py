"""The canvas: the rolled graph drawn, and every gesture that edits it. The scene listens to the document, never writes."""
