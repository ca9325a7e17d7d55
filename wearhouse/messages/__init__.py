"""Messages to participants: what they say, when they may go, and how they go."""
