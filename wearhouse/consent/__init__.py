"""What participants grant: invitations, grants, and the way from one to first data."""
