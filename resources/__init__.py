"""Icons, themes, gallery projects and page templates that ship with Unfold."""
