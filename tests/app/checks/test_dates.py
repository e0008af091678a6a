import math

import pytest

from app.checks.dates import is_accepted


@pytest.mark.parametrize(
    "value",
    [
        "2026-08-01T09:30:00Z",
        "2026-08-01T09:30:00.123+02:00",
        1785576600,
        1785576600000,
        1785576600000000,
        1785576600000000000,
        "1785576600",
        "1785576600000",
        1785576600.5,
        "2026-08-01 09:30:00",
        "2026-08-01",
        "20260801",
        "20260801093000",
        "Sat, 01 Aug 2026 09:30:00 GMT",
        "1 Aug 2026 09:30:00 +0200",
        "Saturday, 01-Aug-26 09:30:00 GMT",
        "Sat Aug 01 2026 09:30:00 GMT+0200 (CEST)",
        "Sat Aug  1 09:30:00 2026",
        "/Date(1785576600000)/",
        "/Date(1785576600000+0200)/",
    ],
)
def test_production_accepts(value):
    assert is_accepted(value)


@pytest.mark.parametrize(
    "value",
    [
        "08/01/2026",
        "1/8/2026 09:30",
        "2026-08-01T09:30:00",
        "2026-13-01",
        "20261301",
        "31 Feb 2026 10:00:00 GMT",
        "Sat, 01 Aug 2026 25:30:00 GMT",
        "1 August 2026",
        "\uff12\uff10\uff12\uff16-08-01",
        "yesterday",
        "",
        "7",
        7,
        0,
        -1,
        True,
        None,
        [],
        {},
        math.nan,
        math.inf,
        pytest.param(10**5000, id="huge"),
        "1" * 5000,
        "Aug",
    ],
)
def test_production_rejects(value):
    assert not is_accepted(value)
