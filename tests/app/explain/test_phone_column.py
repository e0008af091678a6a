"""The phone column is found by its heading and its content; formulas are unwrapped."""

import pytest

from app.explain.csv_file import UnreadableFileError
from app.explain.phone_column import NoPhoneColumnError, PhoneFile, unwrapped
from app.explain.stored_number import UnknownRegionError


@pytest.fixture
def opened(tmp_path):
    """Return a function that writes a file and opens it."""
    files = []

    def opened(content, region="US"):
        path = tmp_path / "people.csv"
        path.write_text(content, encoding="utf-8")
        files.append(PhoneFile(path, region))
        return files[-1]

    yield opened
    for file in files:
        file.close()


def texts(file, wanted=None):
    return list(file.texts(file.column(wanted)))


@pytest.mark.parametrize(
    "heading",
    ["Phone", "phone_number", "PHONE NUMBER", "Telefon", "Téléphone", "Tel.", "Business Phone"],
)
def test_the_heading_names_the_column(opened, heading):
    file = opened(f"id,name,{heading}\n4155550101,Ann,(415) 555-0132\n4155550102,Ben,n/a\n")
    assert texts(file) == ["(415) 555-0132", "n/a"]


def test_content_names_the_column_where_no_heading_does(opened):
    file = opened(
        "Kennung,Name,Kontakt,Seit\n"
        "1000001,Ann,+14155550132,2021-03-04\n"
        "1000002,Ben,(415) 555-0133,2022-11-30\n"
    )
    assert file.headings == ("Kennung", "Name", "Kontakt", "Seit")
    assert texts(file) == ["+14155550132", "(415) 555-0133"]


def test_a_column_of_phones_comes_before_one_that_is_only_called_so(opened):
    file = opened("Number,Mobile\n1,4155550132\n2,4155550133\n")
    assert file.candidates == (1, 0)


def test_several_phone_columns_are_all_candidates_fax_last(opened):
    file = opened(
        "Fax,Mobile,Name,Phone\n4155550131,4155550132,Ann,4155550133\n"
        "4155550134,4155550135,Ben,4155550136\n"
    )
    assert [file.headings[place] for place in file.candidates] == ["Phone", "Mobile", "Fax"]


def test_a_file_without_headings(opened):
    file = opened("Ann;+14155550132\nBen;+14155550133\n")
    assert file.headings == ("column 1", "column 2")
    assert texts(file) == ["+14155550132", "+14155550133"]


def test_a_bare_list(opened):
    assert texts(opened("4155550132\n4155550133\n")) == ["4155550132", "4155550133"]
    assert texts(opened("whatever\n020 7946 0958\n")) == ["020 7946 0958"]


def test_a_column_by_name_or_number(opened):
    file = opened("Name,Phone,Other Phone\nAnn,4155550132,4155550133\n")
    assert file.column("other phone") == file.column("3") == 2
    assert file.column("1") == 0


def test_a_heading_that_is_a_number_is_a_heading(opened):
    assert opened("2,1\n4155550132,4155550133\n").column("1") == 1


@pytest.mark.parametrize("wanted", ["Fax", "0", "3", "-1"])
def test_a_column_that_is_not_there(opened, wanted):
    file = opened("Name,Phone\nAnn,4155550132\n")
    with pytest.raises(NoPhoneColumnError) as caught:
        file.column(wanted)
    assert str(caught.value) == (
        f"people.csv has no column '{wanted}'. Its columns are: Name, Phone."
    )


def test_no_phone_column_lists_the_columns(opened):
    file = opened("Name,City,Since\nAnn,Bern,2021-03-04\nBen,Ulm,2021-03-05\n")
    with pytest.raises(NoPhoneColumnError) as caught:
        file.column()
    assert str(caught.value) == (
        "people.csv has no column that looks like phone numbers. Its columns are: "
        "Name, City, Since."
    )
    assert caught.value.columns == ("Name", "City", "Since")


def test_a_guessed_encoding_is_told(tmp_path):
    path = tmp_path / "cities.csv"
    path.write_bytes("Stadt,Kürzel\nMünchen,M\n".encode("cp1252"))
    with PhoneFile(path) as file, pytest.raises(NoPhoneColumnError, match="as Windows-1252"):
        file.column()


def test_headings_alone_have_a_column_and_no_texts(opened):
    assert texts(opened("name,phone\n")) == []


def test_a_short_row_gives_an_empty_text(opened):
    assert texts(opened("name,phone\nAnn,4155550132\nBen\n")) == ["4155550132", ""]


def test_a_column_that_a_spreadsheet_rounded_is_still_the_phone_column(opened):
    assert texts(opened("name,phone\nAnn,1.41556E+10\n")) == ["1.41556E+10"]


def test_an_order_number_is_no_phone(opened):
    file = opened("Order ID,Total\n10000001,12\n10000002,13\n")
    assert file.candidates == ()


@pytest.mark.parametrize(
    ("text", "inside"),
    [
        ('="+14155550132"', "+14155550132"),
        ("=+14155550132", "+14155550132"),
        ("'+14155550132", "+14155550132"),
        ('="(415) 555-0132"', "(415) 555-0132"),
        ("=A1+B2", "=A1+B2"),
        ("+14155550132", "+14155550132"),
        ("", ""),
    ],
)
def test_formulas_are_unwrapped(text, inside):
    assert unwrapped(text) == inside


def test_formulas_in_a_file(opened):
    file = opened('name,phone\nAnn,="+14155550132"\nBen,"=""+14155550133"""\nCleo,\'4155550134\n')
    assert texts(file) == ["+14155550132", "+14155550133", "4155550134"]


def test_the_region_tells_phones_from_numbers(opened):
    content = "a,b\n2079460958,1000001\n2079460959,1000002\n"
    assert opened(content, "GB").candidates == (0,)
    with pytest.raises(UnknownRegionError):
        opened(content, "Mars")


def test_a_file_that_cannot_be_read(tmp_path):
    with pytest.raises(UnreadableFileError):
        PhoneFile(tmp_path / "missing.csv")


def test_progress(opened):
    file = opened("phone\n4155550132\n")
    texts(file)
    assert file.progress == 1.0
