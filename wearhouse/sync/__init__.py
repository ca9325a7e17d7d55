"""From sources to the store: planned, fetched, written in slices, tried again."""
