"""Doubles of vendors' services, served on loopback: they answer as the services do, and fail as
they do when told to."""
