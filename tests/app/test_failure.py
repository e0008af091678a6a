"""What failed, in one sentence, with the connector's own line where that helps."""

import pytest

from app.failure import failure_sentence, failure_text, place_of
from connectors.contract.hosting import ErrorInfo

SCRIPT = """TypeError: Cannot read properties of undefined (reading 'split')
    at settle (/srv/crm/node_modules/axios/lib/core/settle.js:19:12)
    at Object.getCallLog (src/interfaces/getCallLog.ts:6:29)
    at async find (src/index.js:3:1)
    at node:internal/process:95:5"""
ASYNC = "Error: x\n    at async file:///srv/crm/my%20crm/index.mjs:12:7"
PYTHON = """Traceback (most recent call last):
  File "/opt/bench/connectors/host/local.py", line 201, in _run
    result = await method(given)
  File "/home/me/crm/connector.py", line 12, in find_contact
    row["name"]
  File "/opt/bench/connectors/contract/http.py", line 90, in send
    raise CrmUnavailableError
  File "/opt/venv/lib/python3.12/site-packages/httpx/_client.py", line 1, in send
KeyError: 'name'"""


@pytest.mark.parametrize(
    ("stack", "place"),
    [
        (SCRIPT, "src/interfaces/getCallLog.ts:6"),
        (ASYNC, "/srv/crm/my crm/index.mjs:12"),
        (PYTHON, "/home/me/crm/connector.py:12"),
        ("    at node:internal/process:95:5", ""),
        ("", ""),
    ],
)
def test_the_innermost_line_of_the_connector_is_found(stack, place):
    assert place_of(stack) == place


def test_a_sentence_stays_as_it_is_and_other_messages_get_the_place():
    assert failure_text(ErrorInfo(type="E", message="The CRM is down.", stack=SCRIPT)) == (
        "The CRM is down."
    )
    assert failure_text(ErrorInfo(type="E", message="no such row")) == "no such row"
    error = ErrorInfo(type="TypeError", message="no such row", stack=SCRIPT)
    assert failure_text(error) == "no such row (at src/interfaces/getCallLog.ts:6)"
    assert failure_sentence(error, "myCRM") == f"{failure_text(error)}."


def test_a_failure_without_a_place_names_the_connector():
    assert failure_sentence(ErrorInfo(type="E", message="CRM down"), "insightly") == (
        "CRM down (insightly)."
    )
    assert failure_sentence(ErrorInfo(type="E", message="Whole."), "x") == "Whole."
    assert failure_sentence(ErrorInfo(type="Boom", message=" "), "x") == "Boom (x)."
