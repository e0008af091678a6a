from __future__ import annotations

import contextlib

import pytest

from app.sandbox.edit import add, reset
from app.sandbox.errors import SandboxError
from app.sandbox.store import FILE_NAME, Store


def test_a_person_is_added_and_reset_brings_the_sample_back(tmp_path):
    made = add(tmp_path, "insightly", "Zed Two Three", "(1) 2", "PHONE_MOBILE", "contact")
    assert made["type"] == "Contact"
    assert add(tmp_path, "bullhorn", "Zed", "1")["type"] == "Contact"
    with contextlib.closing(Store(tmp_path / FILE_NAME)) as store:
        data = store.get("insightly", "contacts", made["id"]).data
        assert (data["FIRST_NAME"], data["LAST_NAME"]) == ("Zed", "Two Three")
        assert store.ids_with_value("insightly", "contacts", "PHONE_MOBILE", "(1) 2")
        reset(tmp_path)
        assert store.get("insightly", "contacts", made["id"]) is None
        assert store.page("bullhorn", ["ClientContact"], text="Anna Keller")[1] == 1


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("clio", "A", "1"), "insightly and bullhorn"),
        (("insightly", "A", "1", None, "Candidate"), "Contact, Lead"),
        (("insightly", "A", "1", "mobile"), "PHONE_MOBILE"),
        (("insightly", "  ", "1"), "name is empty"),
    ],
)
def test_what_does_not_exist_is_named(tmp_path, arguments, message):
    with pytest.raises(SandboxError, match=message):
        add(tmp_path, *arguments)
