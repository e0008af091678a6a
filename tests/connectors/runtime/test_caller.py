import pytest

from connectors.contract.hosting import Description, ErrorInfo, Reply
from connectors.contract.model import FindContactInput, User
from connectors.runtime.caller import Caller, auth_header
from connectors.runtime.results import StopError

USER = User(id="1-small", access_token="t1", platform_additional_info={"a": 1})


class FakeConnector:
    """Answers with what a test has put in; remembers what it was asked."""

    def __init__(self, **results):
        self.results = results
        self.asked = []

    async def __call__(self, operation, operation_input):
        self.asked.append((operation, operation_input))
        result = self.results.get(operation)
        return Reply(error=result) if isinstance(result, ErrorInfo) else Reply(result=result)


def described(auth_type, operations):
    return Description(
        platform="small",
        display_name="Small",
        kind="python",
        auth_type=auth_type,
        log_format="text/plain",
        operations=operations,
    )


def caller(connector, auth_type="oauth", *operations, user=USER):
    return Caller(connector, "small", described(auth_type, operations), user)


@pytest.mark.parametrize(
    ("auth_type", "header"), [("apiKey", "Basic dDE6"), ("oauth", "Bearer t1"), ("none", "")]
)
async def test_each_kind_of_authentication_has_its_header(auth_type, header):
    connector = FakeConnector(getBasicAuth="dDE6")
    description = described(auth_type, ("getBasicAuth",))
    assert await auth_header(connector, description, "t1") == header


async def test_an_api_key_is_encoded_once_until_it_changes():
    connector = FakeConnector(getBasicAuth="x")
    subject = caller(connector, "apiKey", "getBasicAuth", "findContact")
    for _ in range(2):
        await subject.call("findContact", FindContactInput())
    subject.apply_user_changes({"accessToken": "t2"})
    await subject.call("findContact", FindContactInput())
    encoded = [sent["apiKey"] for name, sent in connector.asked if name == "getBasicAuth"]
    assert encoded == ["t1", "t2"]


async def test_the_header_in_use_is_known_until_the_token_changes():
    subject = caller(FakeConnector(getBasicAuth="x"), "apiKey", "getBasicAuth", "findContact")
    assert subject.header == ""
    await subject.call("findContact", FindContactInput())
    assert subject.header == "Basic x"
    subject.apply_user_changes({"accessToken": "t2"})
    assert subject.header == ""


async def test_a_token_that_was_renewed_is_the_one_that_is_used():
    connector = FakeConnector(checkAndRefreshAccessToken={"accessToken": "t2"})
    subject = caller(connector, "oauth", "checkAndRefreshAccessToken", "findContact")
    await subject.call("findContact", FindContactInput(phone_number="+1"))
    (first, renewing), (second, finding) = connector.asked
    assert (first, renewing["authHeader"]) == ("checkAndRefreshAccessToken", "Bearer t1")
    assert (second, finding["authHeader"]) == ("findContact", "Bearer t2")
    assert finding["user"]["accessToken"] == "t2"
    assert subject.user.access_token == "t2"


async def test_an_operation_that_is_not_there_asks_nothing():
    connector = FakeConnector()
    with pytest.raises(StopError, match="has no createContact"):
        await caller(connector).call("createContact", FindContactInput())
    assert connector.asked == []


@pytest.mark.parametrize(
    ("operation", "unknown"), [("findContact", False), ("createContact", True)]
)
async def test_only_a_write_that_timed_out_may_have_happened(operation, unknown):
    late = ErrorInfo(type="ConnectorTimeoutError", message="Too late.")
    subject = caller(FakeConnector(**{operation: late}), "oauth", operation)
    with pytest.raises(StopError) as stop:
        await subject.call(operation, FindContactInput())
    assert (stop.value.error, stop.value.unknown) == (late, unknown)


@pytest.mark.parametrize(
    ("auth_type", "token", "connected"),
    [("apiKey", "k", True), ("apiKey", "", False), ("oauth", "", False), ("none", "", True)],
)
def test_who_is_connected(auth_type, token, connected):
    assert caller(FakeConnector(), auth_type, user=User(access_token=token)).connected is connected


def test_changes_of_the_user_are_merged_and_unknown_ones_refused():
    subject = caller(FakeConnector())
    refused = subject.apply_user_changes(
        {"platformAdditionalInfo": {"b": 2}, "refreshToken": "r", "nonsense": 1, "id": ["?"]}
    )
    assert refused == ("nonsense", "id")
    assert subject.user.platform_additional_info == {"a": 1, "b": 2}
    assert (subject.user.refresh_token, subject.user.id) == ("r", "1-small")


async def test_another_version_keeps_the_user_and_makes_the_header_anew():
    connector = FakeConnector(getBasicAuth="x")
    subject = caller(connector, "apiKey", "getBasicAuth", "findContact")
    await subject.call("findContact", FindContactInput())
    subject.apply_user_changes({"name": "Tess"})
    user = subject.user
    connector.results["getBasicAuth"] = "y"
    operations = ("getBasicAuth", "findContact", "getCallLog")
    subject.renew("smaller", described("apiKey", operations))
    await subject.call("findContact", FindContactInput())
    assert (subject.user, subject.header) == (user, "Basic y")
    with pytest.raises(StopError) as caught:
        await subject.call("createContact", FindContactInput())
    assert "smaller has no createContact" in caught.value.error.message
