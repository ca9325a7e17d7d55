"""Leaving a study: data kept, contacts destroyed, or everything erased."""
