"""A family of codes of `asyncmock_await`: never_run."""
