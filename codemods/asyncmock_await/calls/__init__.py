"""A family of codes of `asyncmock_await`: calls."""
