"""A small shop that tells its customers over WebSockets what happens to their orders."""
