"""The page on proxy connectors keeps up with the code."""

import json
import re
from pathlib import Path

import connectors.proxy
from connectors.proxy.config import read_config
from connectors.proxy.variables import COMMON, INPUTS, USER_KEYS

PAGE = (Path(__file__).parents[3] / "docs" / "proxy-connectors.md").read_text(encoding="utf-8")
SOURCES = Path(connectors.proxy.__path__[0]).glob("*.py")


def test_the_config_on_the_page_has_no_problem():
    (config,) = re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL)
    reading = read_config(config)
    assert reading.problems == ()
    assert reading.config.operations.find_contact is not None
    assert json.loads(config)["meta"]["name"] == "mycrm"


def test_each_code_is_on_the_page():
    codes = {
        code
        for path in SOURCES
        for code in re.findall(r'"([A-Z]+(?:_[A-Z]+)+)"', path.read_text(encoding="utf-8"))
    }
    assert len(codes) >= 8
    assert {code for code in codes if f"`{code}`" not in PAGE} == set()


def test_the_common_variables_are_on_the_page():
    for name in (*COMMON, *USER_KEYS, *INPUTS["findContact"], *INPUTS["createContact"]):
        assert f"`{name}`" in PAGE
