"""From files to a proven result, and from there to disk: discover, collect, decide, rewrite, verify, apply."""
