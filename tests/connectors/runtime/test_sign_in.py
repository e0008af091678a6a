import pytest

from connectors.contract.hosting import Description, ErrorInfo, Reply
from connectors.contract.model import User
from connectors.runtime.sign_in import sign_in

ALL = ("getBasicAuth", "getUserInfo")
INFO = {"id": "7-small", "name": "Ada", "timezoneName": "Europe/Paris", "timezoneOffset": 60}
GIVEN = User(
    platform="small",
    hostname="crm.test",
    access_token="key-1",
    platform_additional_info={"apiUrl": "https://crm.test"},
)


def described(auth_type="apiKey", operations=ALL):
    return Description(
        platform="small",
        display_name="Small",
        kind="python",
        auth_type=auth_type,
        log_format="text/plain",
        operations=operations,
    )


def answering(**results):
    """Return an `invoke` that answers by operation, and the list of what it was asked."""
    asked = []

    async def invoke(operation, operation_input):
        asked.append((operation, operation_input))
        result = results[operation]
        return Reply(error=result) if isinstance(result, ErrorInfo) else Reply(result=result)

    return invoke, asked


async def test_a_key_is_sent_as_the_connector_encodes_it_with_the_pages_other_fields():
    result = {"successful": True, "platformUserInfo": INFO, "returnMessage": {"message": "Hello"}}
    invoke, asked = answering(getBasicAuth="a2V5", getUserInfo=result)
    signed = await sign_in(invoke, described(), GIVEN)
    assert asked[0] == ("getBasicAuth", {"apiKey": "key-1"})
    operation, given = asked[1]
    assert operation == "getUserInfo"
    assert (given["authHeader"], given["apiKey"]) == ("Basic a2V5", "key-1")
    assert (given["hostname"], given["platform"]) == ("crm.test", "small")
    assert given["additionalInfo"] == {"apiUrl": "https://crm.test"}
    assert (signed.name, signed.message) == ("Ada", "Hello")
    assert signed.return_message == {"message": "Hello"}
    user = signed.user
    assert (user.id, user.timezone_name, user.timezone_offset) == ("7-small", "Europe/Paris", 60)
    assert (user.access_token, user.hostname) == ("key-1", "crm.test")
    assert user.platform_additional_info == {"apiUrl": "https://crm.test"}


async def test_a_key_that_the_connector_got_for_the_user_replaces_the_entered_one():
    info = INFO | {"overridingApiKey": "key-2"}
    invoke, _ = answering(
        getBasicAuth="x", getUserInfo={"successful": True, "platformUserInfo": info}
    )
    signed = await sign_in(invoke, described(), GIVEN)
    assert signed.user.access_token == "key-2"


async def test_what_the_connector_wants_to_keep_replaces_the_fields():
    info = INFO | {"platformAdditionalInfo": {"restUrl": "https://rest.test/"}}
    invoke, _ = answering(
        getBasicAuth="x", getUserInfo={"successful": True, "platformUserInfo": info}
    )
    signed = await sign_in(invoke, described(), GIVEN)
    assert signed.user.platform_additional_info == {"restUrl": "https://rest.test/"}


@pytest.mark.parametrize(("auth_type", "header"), [("oauth", "Bearer key-1"), ("none", "")])
async def test_other_kinds_of_authentication_need_no_encoding(auth_type, header):
    result = {"successful": True, "platformUserInfo": INFO}
    invoke, asked = answering(getUserInfo=result)
    signed = await sign_in(invoke, described(auth_type), GIVEN)
    assert [operation for operation, _ in asked] == ["getUserInfo"]
    assert asked[0][1]["authHeader"] == header
    assert signed.user.id == "7-small"


async def test_a_connector_without_the_operation_takes_the_user_as_given():
    invoke, asked = answering()
    signed = await sign_in(invoke, described(operations=("findContact",)), GIVEN)
    assert (signed.user, asked) == (GIVEN, [])


async def test_a_failure_is_passed_on():
    refused = ErrorInfo(type="AuthenticationError", message="401: connect again.", status=401)
    invoke, _ = answering(getBasicAuth="x", getUserInfo=refused)
    signed = await sign_in(invoke, described(), GIVEN)
    assert (signed.user, signed.error) == (None, refused)


async def test_the_connectors_own_no_is_told():
    told = {"successful": False, "returnMessage": {"message": "Wrong key."}}
    invoke, _ = answering(getBasicAuth="x", getUserInfo=told)
    signed = await sign_in(invoke, described(), GIVEN)
    assert (signed.user, signed.error, signed.message) == (None, None, "Wrong key.")


@pytest.mark.parametrize(
    ("basic", "result"),
    [
        (7, {}),
        ("x", []),
        ("x", {"successful": True}),
        ("x", {"successful": True, "platformUserInfo": {"id": ""}}),
        ("x", {"successful": True, "platformUserInfo": {"id": 7, "timezoneName": ["?"]}}),
    ],
)
async def test_a_result_of_another_shape_is_an_error(basic, result):
    invoke, _ = answering(getBasicAuth=basic, getUserInfo=result)
    signed = await sign_in(invoke, described(), GIVEN)
    assert signed.user is None
    assert signed.error.type == "UnexpectedResultError"
