def test_golden_path():
    assert True


def test_another_way():
    assert True
