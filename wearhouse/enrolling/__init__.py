"""Studies and their people: made, added, changed and judged."""
