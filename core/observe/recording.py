"""What a run leaves to look at: metric series and probe frames, bounded in memory, saved with the run, scrubbed freely."""
