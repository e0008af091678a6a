"""CSV files as spreadsheets and CRMs export them, and files that are none."""

import codecs
import os
import threading

import pytest

from app.explain.csv_file import CsvFile, UnreadableFileError

ROWS = [["name", "phone"], ["Zoë", "+1 415"], ["Ben\nJr.", "+1 416"], ["Cleo, Dr.", "+1 417"]]


def text_of(delimiter):
    return "\r\n".join(
        delimiter.join('"' + cell.replace('"', '""') + '"' for cell in row) for row in ROWS
    )


def rows_of(path):
    with CsvFile(path) as file:
        return list(file.rows())


@pytest.fixture
def write(tmp_path):
    def write(content, encoding="utf-8"):
        path = tmp_path / "people.csv"
        path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
        return path

    return write


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|", "^", "~", ":"])
def test_any_delimiter(write, delimiter):
    assert rows_of(write(text_of(delimiter))) == ROWS


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
def test_any_encoding(write, encoding):
    path = write(text_of(";"), encoding)
    assert rows_of(path) == ROWS


def test_utf_16_of_the_other_order(write):
    assert rows_of(write(codecs.BOM_UTF16_BE + text_of(",").encode("utf-16-be"))) == ROWS
    assert rows_of(write(text_of(","), "utf-16-be")) == ROWS


def test_the_encoding_has_a_name(write):
    for encoding, name in (("utf-8", "UTF-8"), ("utf-16", "UTF-16"), ("cp1252", "Windows-1252")):
        with CsvFile(write("Zoë,1\n", encoding)) as file:
            assert file.encoding == name


def test_one_byte_of_windows_1252_far_behind_does_not_stop_the_file(write):
    ascii_part = b"name,phone\n" + b"Ann,4155550132\n" * 40_000
    rows = rows_of(write(ascii_part + b"Jos\xe9,415\xa05550132\n" + "Zoë,1\n".encode()))
    assert len(rows) == 40_003
    assert rows[-2:] == [["José", "415\u00a05550132"], ["Zoë", "1"]]


def test_a_comma_inside_a_quoted_field_does_not_make_columns(write):
    path = write('name;note\nAnn;"a, b, c"\nBen;"d, e, f"\n')
    assert rows_of(path)[1] == ["Ann", "a, b, c"]


def test_one_column_stays_one_column(write):
    assert rows_of(write("phone\n(415) 555-0132\n415, 416\n")) == [
        ["phone"],
        ["(415) 555-0132"],
        ["415, 416"],
    ]


def test_the_separator_line_of_excel_counts(write):
    path = write("sep=|\nname|phone\nAnn, Dr.; PhD|1\n")
    assert rows_of(path) == [["name", "phone"], ["Ann, Dr.; PhD", "1"]]


def test_a_blank_after_every_delimiter_is_no_part_of_the_field(write):
    assert rows_of(write("name, phone\nAnn, 415\n")) == [["name", "phone"], ["Ann", "415"]]
    assert rows_of(write("name,phone\nAnn, 415\nBen,416\n"))[1] == ["Ann", " 415"]


def test_empty_rows_are_left_out_and_every_line_end_is_one(write):
    assert rows_of(write("\na,b\r\n\r\nc,d\re,f\n\n")) == [["a", "b"], ["c", "d"], ["e", "f"]]


def test_a_zero_byte_inside_a_field_is_a_character(write):
    assert rows_of(write(b"a,b\n" * 30 + b"c\0,d\n"))[-1] == ["c\0", "d"]


def test_a_large_field_is_read(write):
    note = "x" * 300_000
    assert rows_of(write(f'name,note\nAnn,"{note}"\n'))[1] == ["Ann", note]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "people.csv is empty: choose a file with phone numbers."),
        (b"PK\x03\x04rest", "is a spreadsheet or an archive, no CSV: export it as CSV in UTF-8."),
        (b"%PDF-1.7", "is a PDF, no CSV"),
        (bytes(range(32)) * 9, "is no text: export it as CSV in UTF-8."),
    ],
)
def test_what_is_no_csv_is_refused_in_one_sentence(write, content, said):
    with pytest.raises(UnreadableFileError, match=r"people\.csv") as caught:
        CsvFile(write(content))
    assert said in str(caught.value)


def test_a_missing_file_and_a_folder(tmp_path):
    with pytest.raises(UnreadableFileError, match="No such file"):
        CsvFile(tmp_path / "missing.csv")
    with pytest.raises(UnreadableFileError, match="Is a directory"):
        CsvFile(tmp_path)


def test_a_quotation_mark_that_is_not_closed_is_named(write, monkeypatch):
    monkeypatch.setattr("app.explain.csv_file._LONGEST_FIELD", 300_000)
    path = write("name,phone\nAnn,1\n" + 'Ben,"2\n' + "Cleo,3\n" * 50_000)
    with pytest.raises(UnreadableFileError, match=r"from line 3 on .* a quotation mark"):
        rows_of(path)


def test_a_quotation_mark_that_is_open_to_the_end_swallows_no_rows_in_silence(write):
    path = write('name,phone\nAnn,1\n"Ben,2\nCleo,3\nDan,4\n')
    with pytest.raises(UnreadableFileError) as caught:
        rows_of(path)
    assert str(caught.value) == (
        "people.csv cannot be read from line 3 on: a quotation mark there is not closed."
    )


@pytest.mark.parametrize(
    "record", ['6" pipe,"a note\nof two lines"', '"a ""note""\nof two lines",6" pipe', '"a\nb"x,2']
)
def test_quotation_marks_that_only_look_odd_are_read(write, record):
    assert len(rows_of(write(f"name,phone\nAnn,1\n{record}\nBen,2\n"))) == 4


def test_progress_goes_from_nothing_to_all(write):
    with CsvFile(write("name,phone\n" + "Ann,4155550132\n" * 50_000)) as file:
        seen = [file.progress for _row in file.rows()]
    assert seen == sorted(seen)
    assert seen[0] < 0.5
    assert seen[-1] == 1.0
    assert file.progress == 1.0


def test_a_pipe_is_read_too(tmp_path):
    path = tmp_path / "pipe"
    os.mkfifo(path)
    writer = threading.Thread(target=path.write_text, args=["name,phone\nAnn,1\nBen,2\n"])
    writer.start()
    assert rows_of(path) == [["name", "phone"], ["Ann", "1"], ["Ben", "2"]]
    writer.join()
