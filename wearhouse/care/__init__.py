"""Looking after what is kept: backups, and bringing them back."""
