import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.explain.answers import failed, id_of, phones_of, records_of, too_large, value_of
from connectors.contract.exchange import Body, Exchange

ADA = {"id": 7, "name": "Ada", "phones": [{"Number": "415 555 0132"}], "Mobile": None}


def answered(data, status=200, **changes):
    text = data if isinstance(data, str) else json.dumps(data)
    body = Body(text=text, size=len(text), mime_type="application/json", **changes)
    return Exchange(
        id=1,
        invocation=1,
        started_ms=0.0,
        method="GET",
        url="https://crm.test/",
        status=status,
        response_body=body,
    )


@pytest.mark.parametrize(
    "data",
    [
        [ADA],
        {"data": [ADA], "total": 1},
        {"success": True, "data": {"items": [ADA]}},
        {"results": {"contacts": {"rows": [ADA]}}},
        ADA | {"phones": "415 555 0132"},
    ],
)
def test_records_are_found_in_any_shape(data):
    assert [record["id"] for record in records_of(answered(data))] == [7]


@pytest.mark.parametrize("data", [[], {"data": [], "total": 0}, {"data": {"items": []}}])
def test_an_empty_list_is_no_record(data):
    assert records_of(answered(data)) == []


@pytest.mark.parametrize(
    "exchange",
    [
        answered("<html>"),
        answered({"ok": True}),
        answered([ADA], status=429),
        answered([ADA], truncated=True),
        answered("AAEC", encoding="base64"),
    ],
)
def test_what_cannot_be_counted_is_not_counted(exchange):
    assert records_of(exchange) is None


def test_an_answer_that_was_not_kept_whole_is_too_large_unless_it_is_a_failure():
    assert too_large(answered([ADA], truncated=True))
    assert not too_large(answered([ADA]))
    assert not too_large(answered([ADA], truncated=True, status=500))


def test_a_failure_is_a_status_or_no_answer():
    assert failed(answered([], status=500))
    assert failed(answered([], status=None))
    assert not failed(answered([]))


def test_phones_and_fields_of_a_record():
    assert phones_of(ADA) == [("phones.Number", "415 555 0132")]
    assert value_of(ADA, "NAME") == "Ada"
    assert value_of(ADA, "contact.name") == "Ada"
    assert value_of(ADA, "mobile") is None


@pytest.mark.parametrize(
    ("record", "known"), [({"CONTACT_ID": 5}, "5"), ({"Id": "a"}, "a"), ({}, "")]
)
def test_the_id_of_a_record(record, known):
    assert id_of(record) == known


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(JSON)
def test_any_answer_is_read(data):
    for record in records_of(answered(data)) or ():
        phones_of(record)
        id_of(record)


@pytest.mark.parametrize("depth", [30, 300, 2_000, 100_000])
def test_an_answer_however_deep_is_read(depth):
    text = '{"id": 7, "deep": ' + "[" * depth + '"415 555 0132"' + "]" * depth + "}"
    records = records_of(answered(text))
    assert records is None or id_of(records[0]) == "7"
    for record in records or ():
        phones_of(record)


@pytest.mark.parametrize(
    "text", ['\ufeff[{"id": 7}]', '[{"id": 7, "x": 1e400}]', '[{"id": 7, "s": "\\ud800"}]']
)
def test_json_that_is_not_strict_is_read_too(text):
    assert [id_of(record) for record in records_of(answered(text))] == ["7"]


def test_a_record_with_a_name_and_a_value_is_no_pair():
    deal = {"name": "Big", "value": 9, "phone": "415 555 0132"} | {f"k{at}": at for at in range(8)}
    assert phones_of(deal) == [("phone", "415 555 0132")]
