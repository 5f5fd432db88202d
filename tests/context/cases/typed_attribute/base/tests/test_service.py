from crm.service import Service


def test_greet_unknown_customer():
    assert Service().greet(0) == "hello"
