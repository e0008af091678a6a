import pytest

from connectors.contract.errors import UnexpectedResponseError
from connectors.contract.ids import id_of, sent_id


@pytest.mark.parametrize("value", [7, "7", "a-7"])
def test_an_id_is_a_number_or_a_text(value):
    assert id_of({"ID": value}, "ID", "Creating", "Small CRM") == value


@pytest.mark.parametrize("value", [None, "", 0, True, 7.5, {"id": 7}, [7]])
def test_anything_else_is_no_id(value):
    with pytest.raises(UnexpectedResponseError, match=r"has no ID .* look into Small CRM before"):
        id_of({"ID": value}, "ID", "Creating", "Small CRM")


@pytest.mark.parametrize(
    ("value", "sent"),
    [
        (7, 7),
        ("7", 7),
        ("007", 7),
        ("a7", "a7"),
        ("\u0667", "\u0667"),
        ("", ""),
        ("9" * 5000, "9" * 5000),
    ],
)
def test_an_id_is_sent_as_a_number_when_it_is_one(value, sent):
    assert sent_id(value) == sent
