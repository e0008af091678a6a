"""``callbench learn-formats``: what it prints, and what it refuses."""

import json

import pytest

from app import cli

CONTACTS = (
    "Id;Name;Phone\n"
    "1;Ann;(415) 555-0132\n"
    "2;Ben;(415) 555-0133\n"
    '3;Cleo;="+14155550134"\n'
    "4;Dan;1.41556E+10\n"
    "5;Eva;415\u00a0555\u00a00135\n"
    "6;Finn;\n"
)


@pytest.fixture
def contacts(tmp_path):
    path = tmp_path / "contacts.csv"
    path.write_text(CONTACTS, encoding="utf-8")
    return path


def run(capsys, *arguments):
    code = cli.main(["learn-formats", *map(str, arguments)])
    captured = capsys.readouterr()
    return code, captured.out, captured.err


def test_the_document(capsys, contacts):
    code, out, err = run(capsys, contacts, "--json")
    assert code == 0
    document = json.loads(out)
    assert list(document) == ["rows", "numbers", "formats", "uncovered"]
    assert (document["rows"], document["numbers"]) == (6, 5)
    assert document["formats"] == [
        {"format": "(###) ###-####", "adds": 2, "covers": 2, "share": 0.4},
        {"format": "+1##########", "adds": 1, "covers": 1, "share": 0.6},
    ]
    assert [list(each) for each in document["uncovered"]] == [
        ["spelling", "count", "example", "why"]
    ] * 2
    assert {each["example"]: each["spelling"] for each in document["uncovered"]} == {
        "1.41556E+10": "#.#####A+##",
        "415\u00a0555\u00a00135": "###<U+00A0>###<U+00A0>####",
    }
    assert err == "Reading column Phone\n"


def test_what_a_person_reads(capsys, contacts):
    code, out, _err = run(capsys, contacts)
    assert code == 0
    assert out.splitlines()[:3] == [
        "6 rows, 5 numbers, 60.0% of them covered by:",
        "  (###) ###-####          2   40.0% so far",
        "  +1##########            1   60.0% so far",
    ]
    assert "such as 415<U+00A0>555<U+00A0>0135\n      a no-break space" in out


def test_max_and_column_and_region(capsys, tmp_path):
    path = tmp_path / "contacts.csv"
    path.write_text("Mobile,Office\n07400 123456,020 7946 0958\n", encoding="utf-8")
    code, out, _err = run(
        capsys, path, "--column", "Office", "--region", "gb", "--max", "1", "--json"
    )
    assert code == 0
    assert [each["format"] for each in json.loads(out)["formats"]] == ["0## #### ####"]
    assert run(capsys, path, "--column", "2", "--region", "GB", "--json")[1] == out


def test_no_number_at_all(capsys, tmp_path):
    path = tmp_path / "contacts.csv"
    path.write_text("name,phone\nAnn,\n", encoding="utf-8")
    assert run(capsys, path)[:2] == (0, "No phone number among the rows (1 read).\n")


def test_nothing_is_covered(capsys, tmp_path):
    path = tmp_path / "contacts.csv"
    path.write_text("name,phone\nAnn,555-0132\n", encoding="utf-8")
    assert (
        "  no format at all\nNot covered:\n  ###-####  1, such as 555-0132" in run(capsys, path)[1]
    )


@pytest.mark.parametrize(
    ("content", "more", "said"),
    [
        ("", [], "contacts.csv is empty: choose a file with phone numbers."),
        (
            "Name,City\nAnn,Bern\n",
            [],
            "contacts.csv has no column that looks like phone numbers. Its columns are: Name, "
            "City. Name one with --column.",
        ),
        (
            CONTACTS,
            ["--column", "Fax"],
            "contacts.csv has no column 'Fax'. Its columns are: Id, Name, Phone. Name one with "
            "--column.",
        ),
        (CONTACTS, ["--region", "Mars"], "'Mars' is no region: use two letters such as US or GB."),
        (CONTACTS, ["--max", "0"], "Argument --max: must be 1, 2 or 3."),
        (CONTACTS, ["--max", "4"], "Argument --max: must be 1, 2 or 3."),
    ],
)
def test_wrong_usage_is_one_sentence(capsys, tmp_path, content, more, said):
    path = tmp_path / "contacts.csv"
    path.write_text(content, encoding="utf-8")
    code, out, err = run(capsys, path, "--json", *more)
    assert (code, out) == (2, "")
    assert err.startswith(said)
    assert len(err.splitlines()) == 1


def test_a_missing_file(capsys, tmp_path):
    code, out, err = run(capsys, tmp_path / "missing.csv")
    assert (code, out) == (2, "")
    assert err == (
        f"Cannot read {tmp_path / 'missing.csv'} (No such file or directory): choose a file that "
        "you may read.\n"
    )


def test_a_long_file_tells_how_far_it_is(capsys, tmp_path):
    path = tmp_path / "long.csv"
    path.write_text("phone\n" + "4155550132\n" * 100_001, encoding="utf-8")
    code, _out, err = run(capsys, path, "--json")
    assert code == 0
    assert err == "Reading column phone\n100,000 rows\n"
