"""Letters that are stored and sent."""
