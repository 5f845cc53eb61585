"""Which address a request is counted under."""

from filiere.kernel import network


def test_address_of_trusts_only_our_own_proxy(rf, settings):
    request = rf.get("/", headers={"x-forwarded-for": "1.1.1.1, 2.2.2.2"})

    settings.SECURE_PROXY_SSL_HEADER = None
    assert network.address_of(request) == "127.0.0.1"
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    assert network.address_of(request) == "2.2.2.2"
