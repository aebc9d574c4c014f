def test_queries():
    assert True
