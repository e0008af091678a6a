import argparse
import json

import pytest

from app.cli_result import CONNECTOR_FAILED, WRONG_USAGE, CommandError, print_result


def test_an_error_is_wrong_usage_unless_it_says_otherwise():
    assert CommandError("No such file.").code == WRONG_USAGE
    assert CommandError("The CRM is down.", CONNECTOR_FAILED).code == CONNECTOR_FAILED


@pytest.mark.parametrize("text", ["one line", ""])
def test_with_json_only_the_document_is_printed(capsys, text):
    print_result(argparse.Namespace(json=True), {"name": "Zoë"}, text)
    printed = capsys.readouterr().out
    assert json.loads(printed) == {"name": "Zoë"}
    assert "Zoë" in printed


@pytest.mark.parametrize(("text", "printed"), [("one line", "one line\n"), ("", "")])
def test_without_json_only_the_text_is_printed(capsys, text, printed):
    print_result(argparse.Namespace(json=False), {"name": "Zoë"}, text)
    assert capsys.readouterr().out == printed
