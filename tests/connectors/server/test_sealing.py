from __future__ import annotations

import pytest

from connectors.server.sealing import Sealer, SealError

OLD = "the former secret, 32 characters"
NEW = "the current secret, 32 characters"


@pytest.mark.parametrize("text", ["", "canary", "é\0\ud800" * 3, "x" * 100_000])
def test_a_sealed_text_opens_and_shows_nothing(text):
    sealer = Sealer([NEW])
    sealed = sealer.seal(text, ("1-x", "x", "access_token"))
    assert sealer.open(sealed, ("1-x", "x", "access_token")) == text
    assert sealed.isascii()
    assert "canary" not in sealed


def test_the_same_text_is_sealed_differently_each_time():
    sealer = Sealer([NEW])
    assert sealer.seal("canary") != sealer.seal("canary")


@pytest.mark.parametrize("context", [(), ("1-x", "x"), ("2-x", "x", "c"), ("1-xx", "", "c")])
def test_a_sealed_text_opens_only_where_it_was_put(context):
    sealer = Sealer([NEW])
    sealed = sealer.seal("canary", ("1-x", "x", "c"))
    with pytest.raises(SealError, match="another row") as refused:
        sealer.open(sealed, context)
    assert "canary" not in str(refused.value)


def test_a_former_key_still_opens_and_the_current_one_seals():
    sealed = Sealer([OLD]).seal("canary")
    rotated = Sealer([NEW, OLD])
    assert not rotated.is_current(sealed)
    assert rotated.is_current(rotated.seal("canary"))
    assert rotated.open(sealed) == "canary"
    assert Sealer([NEW]).open(rotated.seal("canary")) == "canary"


def test_a_lost_key_is_told_apart_from_an_altered_text():
    sealed = Sealer([OLD]).seal("canary")
    with pytest.raises(SealError, match="another secret key: add that key"):
        Sealer([NEW]).open(sealed)
    head, body = sealed.rsplit(".", 1)
    altered = "A" if body[20] != "A" else "B"
    with pytest.raises(SealError, match="altered"):
        Sealer([OLD]).open(f"{head}.{body[:20]}{altered}{body[21:]}")


@pytest.mark.parametrize("sealed", ["", "canary", "1", "1..", "2.a.b", "1.a.é", "gAAAAA=="])
def test_what_was_never_sealed_is_refused(sealed):
    with pytest.raises(SealError) as refused:
        Sealer([NEW]).open(sealed)
    assert "canary" not in str(refused.value)


@pytest.mark.parametrize("body", ["", "AAAA", "é", "a", "===="])
def test_a_cut_text_is_refused(body):
    key_id = Sealer([NEW]).seal("canary").split(".")[1]
    with pytest.raises(SealError, match="altered"):
        Sealer([NEW]).open(f"1.{key_id}.{body}")


def test_two_servers_with_one_secret_read_each_other():
    assert Sealer([NEW]).open(Sealer([NEW]).seal("canary")) == "canary"


@pytest.mark.parametrize("keys", [[], [""], [NEW, ""]])
def test_no_key_or_an_empty_one_is_refused(keys):
    with pytest.raises(ValueError, match="secret key"):
        Sealer(keys)
