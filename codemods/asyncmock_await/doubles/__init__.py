"""A family of codes of `asyncmock_await`: doubles."""
