"""What a run leaves to look at: recordings, probes, charts as data."""
