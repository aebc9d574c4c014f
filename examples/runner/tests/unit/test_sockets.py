def test_ws_golden_path():
    assert True


def test_ws_close():
    assert True
