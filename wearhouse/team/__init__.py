"""Those who work on studies: who may come in, who acts, and what they did."""
