"""Insightly's addresses."""

from __future__ import annotations

import pytest

from connectors.contract.errors import InvalidInputError
from connectors.insightly.api import base_url, segment


@pytest.mark.parametrize(
    ("pasted", "base"),
    [
        ("https://api.na1.insightly.com/v3.1", "https://api.na1.insightly.com/v9"),
        ("https://api.na1.insightly.com/v2.2/Help#!", "https://api.na1.insightly.com/v9"),
        ("https://api.na1.insightly.com/", "https://api.na1.insightly.com/v9"),
        ("api.na1.insightly.com", "https://api.na1.insightly.com/v9"),
        ("https://api.test/vesta/v3", "https://api.test/vesta/v9"),
    ],
)
def test_the_address_is_cut_before_its_version(pasted, base):
    assert base_url(pasted, "v9") == base


@pytest.mark.parametrize("pasted", ["", "  ", "/v3.1"])
def test_an_address_without_host_is_refused(pasted):
    with pytest.raises(InvalidInputError, match="API URL"):
        base_url(pasted, "v9")


def test_an_id_cannot_leave_its_segment():
    assert segment(7) == "7"
    assert segment("../users/me?x=1#") == "..%2Fusers%2Fme%3Fx%3D1%23"
