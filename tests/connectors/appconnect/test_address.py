import pytest

from connectors.appconnect.address import AddressError, ServerAddress, is_server, read_address


def test_platform_and_path_are_read():
    assert read_address("http://127.0.0.1:6066#myCRM") == ServerAddress(
        "http://127.0.0.1:6066", "myCRM"
    )
    assert read_address(" HTTPS://connect.example/base/#my%20CRM ") == ServerAddress(
        "https://connect.example/base", "my CRM"
    )
    assert read_address("https://connect.example").platform == ""
    assert read_address("http://127.0.0.1:6066/#x").host == "127.0.0.1:6066"


@pytest.mark.parametrize("text", ["http://", "ftp://x#y", "http://x:0#y", "http://x:port#y", "x"])
def test_what_is_no_address_is_said_with_an_example(text):
    with pytest.raises(AddressError, match=r"http://127\.0\.0\.1:6066#myCRM"):
        read_address(text)


@pytest.mark.parametrize("text", ["http://tess:s3cret-pw@x#y", "http://x?jwtToken=s3cret-pw#y"])
def test_an_address_holds_no_secret_and_the_sentence_neither(text):
    with pytest.raises(AddressError) as caught:
        read_address(text)
    assert "s3cret-pw" not in str(caught.value)


def test_paths_and_names_are_no_servers():
    assert is_server("http://x#y")
    assert is_server("HTTPS://x")
    assert not any(map(is_server, ["insightly", "./http", "/srv/http://x", "http:"]))
