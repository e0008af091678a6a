"""What differs between runs, what is noise, and what does not count."""

from __future__ import annotations

import pytest

from app.evidence import Evidence
from app.journal import RunFinished, RunStarted
from app.run_diff import Difference, diff, differences
from connectors.contract.exchange import Body, Exchange
from connectors.contract.hosting import ErrorInfo

NUMBER = "+16505551234"
ADA = {"id": 7, "name": "Ada Lovelace", "type": "contact"}
BEN = {"id": 8, "name": "Ben Carter", "type": "lead"}


def a_request(url, *, method="GET", body=None, host="crm.example"):
    sent = None if body is None else Body(text=body, size=len(body), mime_type="application/json")
    return Exchange(
        id=1, invocation=1, started_ms=1.0, method=method, url=f"https://{host}{url}", body=sent
    )


def a_run(*contacts, urls=(), requests=(), operation="findContact", ms=10.0, **finished):
    answer = {"successful": True, "contact": list(contacts), "returnMessage": None}
    answer |= finished.pop("answer", {})
    return Evidence(
        RunStarted(
            run_id=1,
            at_ms=0.0,
            operation=operation,
            platform="p",
            subject=NUMBER,
            input={"phoneNumber": NUMBER, "overridingFormat": "(###) ###-####"},
        ),
        RunFinished(run_id=1, at_ms=1.0, answer=answer, ms=ms, **finished),
        (*(a_request(url) for url in urls), *requests),
    )


def test_the_same_run_has_no_differences_in_any_order():
    a = a_run(ADA, BEN, urls=["/s?a=1&b=2", "/t"])
    b = a_run(BEN, ADA, urls=["/t", "/s?b=2&a=1"])
    assert differences(a, b) == ()


def test_contacts_are_held_against_each_other_by_id():
    renamed = ADA | {"name": "Ada King"}
    assert differences(a_run(ADA, BEN), a_run(renamed)) == (
        Difference("contact 7", ["Ada Lovelace (contact)"], ["Ada King (contact)"]),
        Difference("contact 8", ["Ben Carter (lead)"], None),
    )


def test_a_contact_that_is_listed_twice_on_one_side():
    (difference,) = differences(a_run(ADA), a_run(ADA, ADA))
    assert difference == Difference("contact 7", None, ["Ada Lovelace (contact)"])


@pytest.mark.parametrize(
    ("changed", "a", "b"),
    [
        ({"phone": "+1 650"}, None, ["phone=+1 650"]),
        ({"createdDate": 5}, None, ["createdDate=5"]),
        (
            {"additionalInfo": {"deals": [{"const": 1, "title": "D"}], "matters": []}},
            None,
            ['additionalInfo.deals=[{"const": 1, "title": "D"}]', "additionalInfo.matters=[]"],
        ),
    ],
)
def test_every_field_of_a_contact_counts(changed, a, b):
    (difference,) = differences(a_run(ADA), a_run(ADA | changed))
    assert difference == Difference("contact 7", a, b)


def test_the_order_of_a_fields_keys_does_not_count_and_a_long_value_is_cut():
    option = {"const": "c" * 900, "title": "T"}
    a = ADA | {"additionalInfo": {"deals": [option]}}
    b = ADA | {"additionalInfo": {"deals": [dict(reversed(option.items()))]}}
    assert differences(a_run(a), a_run(b)) == ()
    (difference,) = differences(
        a_run(a), a_run(ADA | {"additionalInfo": {"deals": [option | {"title": "U"}]}})
    )
    assert difference.a != difference.b
    assert max(map(len, difference.a + difference.b)) < 220


def test_the_entry_for_a_new_contact_counts():
    new = {"id": "createNewContact", "name": "Create new contact...", "isNewContact": True}
    (difference,) = differences(a_run(ADA, new), a_run(ADA))
    assert difference == Difference("contact createNewContact", ["Create new contact..."], None)


@pytest.mark.parametrize("value", [{1: "x"}, {"a": {1, 2}}, "text", [[[]]]])
def test_any_additional_info_is_compared_without_harm(value):
    (difference,) = differences(a_run(ADA), a_run(ADA | {"additionalInfo": value}))
    assert difference.what == "contact 7"


def test_what_the_extension_is_told_of_success():
    (difference,) = differences(a_run(ADA), a_run(ADA, answer={"successful": False}))
    assert difference == Difference("successful", "true", "false")


def test_spellings_and_requests_are_compared():
    a = a_run(urls=["/s?phone=6505551234"])
    b = a_run(urls=["/s?phone=6505551234", "/s?phone=%28650%29+555-1234"])
    assert differences(a, b) == (
        Difference("candidates", ["6505551234"], ["(650) 555-1234", "6505551234"]),
        Difference("request GET /s", None, ["phone=(650) 555-1234"]),
    )


def test_one_request_more_of_the_same_is_a_difference():
    (difference,) = differences(a_run(urls=["/s?a=1"]), a_run(urls=["/s?a=1", "/s?a=1"]))
    assert difference == Difference("request GET /s", None, ["a=1"])


def test_the_body_of_a_search_counts_and_that_of_a_write_does_not():
    a = a_request("/q", method="POST", body='{"query": "phone:1"}')
    b = a_request("/q", method="POST", body='{"query": "mobile:1"}')
    assert [each.what for each in differences(a_run(requests=[a]), a_run(requests=[b]))] == [
        "request POST /q"
    ]
    writes = {"operation": "createCallLog"}
    assert differences(a_run(requests=[a], **writes), a_run(requests=[b], **writes)) == ()


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("/s?ts=1&a=1", "/s?ts=2&a=1"),
        ("/s?since=2026-08-01T09:30:00Z", "/s?since=2026-08-02T10:00:00.5Z"),
        ("/s?at=1785576600123", "/s?at=1785576600999"),
        (
            "/r/3f2504e0-4f89-11d3-9a0c-0305e82c3301",
            "/r/9b2504e0-4f89-11d3-9a0c-0305e82c3399",
        ),
        ("/s?token=[REDACTED]", "/s?token=[REDACTED]"),
    ],
)
def test_what_changes_by_itself_does_not_count(a, b):
    assert differences(a_run(urls=[a]), a_run(urls=[b])) == ()


def test_the_host_does_not_count():
    a, b = (a_run(requests=[a_request("/s", host=host)]) for host in ("eu.example", "us.example"))
    assert differences(a, b) == ()


def test_the_id_of_a_created_contact_does_not_count_but_its_name_does():
    create = {"operation": "createContact"}
    assert differences(a_run(ADA, **create), a_run(ADA | {"id": 99}, **create)) == ()
    dated = [a_run(ADA | {"createdDate": at}, **create) for at in (1, 2)]
    assert differences(*dated) == ()
    (difference,) = differences(a_run(ADA, **create), a_run(ADA | {"name": "Ada"}, **create))
    assert difference == Difference(
        "contact created", ["Ada Lovelace (contact)"], ["Ada (contact)"]
    )


def test_messages_and_errors():
    told = {"returnMessage": {"message": "Contact not found", "messageType": "warning"}}
    failed = ErrorInfo(type="RateLimitError", message="429 at 12:00:01", status=429)
    later = ErrorInfo(type="RateLimitError", message="429 at 12:00:02", status=429)
    assert differences(a_run(answer=told), a_run(error=failed)) == (
        Difference("message", "warning: Contact not found", None),
        Difference("error", None, "RateLimitError 429"),
    )
    assert differences(a_run(error=failed), a_run(error=later)) == ()


def test_an_error_of_another_language_is_the_same_by_its_status():
    python = ErrorInfo(type="RateLimitError", message="too many", status=429)
    thrown = ErrorInfo(type="AxiosError", message="Request failed", status=429)
    away = ErrorInfo(type="AxiosError", message="Request failed", status=500)
    broken = ErrorInfo(type="TypeError", message="x is undefined")
    assert differences(a_run(error=python), a_run(error=thrown)) == ()
    assert differences(a_run(error=thrown), a_run(error=away)) == (
        Difference("error", "AxiosError 429", "AxiosError 500"),
    )
    assert differences(a_run(error=python), a_run(error=broken)) == (
        Difference("error", "RateLimitError 429", "TypeError"),
    )


def test_an_empty_object_asks_for_nothing():
    bare, empty = a_request("/people?q=1"), a_request("/people?q=1", body="{}")
    asking = a_request("/people?q=1", body='{"city": "Bern"}')
    assert differences(a_run(requests=[bare]), a_run(requests=[empty])) == ()
    (difference,) = differences(a_run(requests=[empty]), a_run(requests=[asking]))
    assert difference == Difference("request GET /people", ["q=1"], ["q=1 city=Bern"])


@pytest.mark.parametrize(("a", "b"), [(10.0, 190.0), (1000.0, 1300.0), (500.0, 900.0)])
def test_times_that_are_near_each_other(a, b):
    assert differences(a_run(ms=a), a_run(ms=b)) == ()


def test_a_noticeable_time_is_prone_to_noise():
    (difference,) = differences(a_run(ms=100.0), a_run(ms=900.0))
    assert difference == Difference("time", "100 ms", "900 ms")
    assert difference.noise_prone
    assert not Difference("message", "a", None).noise_prone


def one_after_another(*runs):
    left = list(runs)

    async def look_up(_number):
        return left.pop(0)

    return look_up


async def test_rows_are_same_different_or_noise():
    noisy = [a_run(urls=[f"/s?nonsense={at}"]) for at in range(3)]
    side_a = one_after_another(a_run(ADA), a_run(ADA), a_run(ADA), a_run(ADA), *noisy[:2])
    side_b = one_after_another(a_run(ADA), a_run(BEN), noisy[2])
    seen = []
    document = await diff(side_a, side_b, ["1", "2", "3"], on_row=seen.append)
    assert {key: document[key] for key in ("same", "different", "noise")} == {
        "same": 1,
        "different": 1,
        "noise": 1,
    }
    assert document["rows"] == [
        {"input": "1", "differences": []},
        {
            "input": "2",
            "differences": [
                {"what": "contact 7", "a": ["Ada Lovelace (contact)"], "b": None},
                {"what": "contact 8", "a": None, "b": ["Ben Carter (lead)"]},
            ],
        },
        {"input": "3", "differences": []},
    ]
    assert seen == ["1", "2", "3"]


async def test_time_alone_makes_no_row_different_but_is_shown():
    side_a = one_after_another(a_run(ms=10.0), a_run(ms=20.0))
    document = await diff(side_a, one_after_another(a_run(ms=900.0)), ["1"])
    assert (document["different"], document["noise"]) == (0, 1)
    assert document["rows"][0]["differences"] == [{"what": "time", "a": "10 ms", "b": "900 ms"}]


async def test_noise_hides_only_what_is_noisy():
    side_a = one_after_another(a_run(ADA, urls=["/s?x=1"]), a_run(ADA, urls=["/s?x=2"]))
    document = await diff(side_a, one_after_another(a_run(urls=["/s?x=3"])), ["1"])
    assert [each["what"] for each in document["rows"][0]["differences"]] == ["contact 7"]
    assert document["different"] == 1


async def test_nothing_to_compare():
    document = await diff(one_after_another(), one_after_another(), [])
    assert document == {"same": 0, "different": 0, "noise": 0, "rows": []}
