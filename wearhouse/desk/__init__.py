"""The study desk: who wears, who syncs, whom to contact, gathered from the registry and the store
in a few questions about everybody at once."""
