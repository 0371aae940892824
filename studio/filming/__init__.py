"""The recording as a film to give away: what is filmed, the making of it picture by picture, and the dialog that asks."""
