from __future__ import annotations

import pytest

from app.sandbox.store import Store, tokens


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("4155550132", ["4155550132"]),
        ("(415) 555-0132", ["415", "555", "0132"]),
        ("415-555-0132", ["415", "555", "0132"]),
        ("415.555.0132", ["415.555.0132"]),
        ("415,555", ["415,555"]),
        ("+14155550132", ["14155550132"]),
        ("555-0132 x134", ["555", "0132", "x134"]),
        ("415\u2013555\u00a00132", ["415", "555", "0132"]),
        ("\u202a415\u202c", ["415"]),
        ("Anna.Keller", ["anna", "keller"]),
        ("1. 2", ["1", "2"]),
        ("***", []),
    ],
)
def test_text_is_cut_as_lucene_cuts_it(text, expected):
    assert tokens(text) == expected


def test_a_value_is_found_after_the_index_delay_and_an_old_one_until_then(tmp_path):
    now = 1000.0
    store = Store(tmp_path / "s.sqlite", clock=lambda: now)
    store.index_delay_s = 10
    record = store.create("insightly", "contacts", {"PHONE": "1"})
    assert store.get("insightly", "contacts", record.id) is not None
    assert store.ids_with_value("insightly", "contacts", "PHONE", "1") == []
    now += 10
    assert store.ids_with_value("insightly", "contacts", "PHONE", "1") == [record.id]
    store.update("insightly", "contacts", record.id, {"PHONE": "2"})
    assert store.ids_with_value("insightly", "contacts", "PHONE", "1") == [record.id]
    assert store.ids_with_value("insightly", "contacts", "PHONE", "2") == []
    now += 10
    assert store.ids_with_value("insightly", "contacts", "PHONE", "1") == []
    assert store.ids_with_value("insightly", "contacts", "PHONE", "2") == [record.id]
    store.close()


def test_ids_are_never_used_twice_and_a_failed_block_leaves_nothing(store):
    first = store.create("insightly", "leads", {"LAST_NAME": "A"}).id
    assert store.delete("insightly", "leads", first)
    assert not store.delete("insightly", "leads", first)
    assert store.create("insightly", "leads", {"LAST_NAME": "B"}).id == first + 1
    with pytest.raises(KeyError), store.transaction():
        store.create("insightly", store.create("insightly", "leads", {}).entity + "?", {})
    assert store.count("insightly", "leads") == 1
    with pytest.raises(KeyError):
        store.update("insightly", "leads", 5, {})


def test_the_page_search_takes_wildcards_literally(store):
    store.create("insightly", "leads", {"LAST_NAME": 'a%b"c'})
    assert store.page("insightly", ["leads"], text='%b"')[1] == 1
    assert store.page("insightly", ["leads"], text="_")[1] == 1  # in LAST_NAME itself
    assert store.page("insightly", ["leads"], text="a_b")[1] == 0
