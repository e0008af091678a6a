"""The exchanges column by column."""

import pytest

from widgets.inspector_state import ExchangeRow
from widgets.network_columns import NetworkColumns


def row(**changed):
    values = {
        "run_id": 1,
        "exchange_id": 1,
        "method": "POST",
        "url": "https://CRM.example:8443/v3/Contacts?phone=%2B1+415",
        "status": 404,
        "reason": "Not Found",
        "ms": 1.0,
        "time_text": "",
        "size": 1,
    }
    return ExchangeRow(**values | changed)


@pytest.fixture
def columns():
    columns = NetworkColumns()
    columns.extend([row(), row(status=None, error="Timed OUT", url="a/b")])
    return columns


def test_what_is_looked_for_is_folded(columns):
    assert columns.words == [
        "https://crm.example:8443/v3/contacts?phone=%2b1+415\n"
        "https://crm.example:8443/v3/contacts?phone=+1 415\npost\n404 not found ",
        "a/b\npost\nfailed timed out",
    ]
    assert columns.methods == ["post", "post"]
    assert columns.hosts == ["crm.example:8443", "a"]
    assert columns.paths == ["/v3/contacts", "/b"]


def test_the_address_ends_before_the_method(columns):
    ends = [words[:end] for words, end in zip(columns.words, columns.url_ends, strict=True)]
    assert [end.endswith(("?phone=+1 415", "a/b")) for end in ends] == [True, True]


def test_the_same_host_is_kept_once(columns):
    columns.extend([row(exchange_id=2)])
    assert columns.hosts[0] is columns.hosts[2]
    assert columns.paths[0] is columns.paths[2]


def test_clear_forgets_every_column(columns):
    columns.clear()
    assert all(len(column) == 0 for column in vars(columns).values())
    columns.extend([row()])
    assert all(len(column) == 1 for column in vars(columns).values())
