"""How a result is shown: diff, JSON, the summary on stderr."""
