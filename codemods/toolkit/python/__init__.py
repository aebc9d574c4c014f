"""What Python code means: module names, bindings, scopes, origins, the import graph.

Nothing here reads files or knows of runs; it works on text and records alone.
"""
