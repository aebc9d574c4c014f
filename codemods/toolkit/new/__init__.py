"""`codemods new NAME`: a codemod to begin with, that works, with fixtures and tests that pass."""
