"""Files of a connector: listed, read, and written back without a byte that nobody changed."""

import errno
import os
import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtGui import QTextDocument

import resources
from app import source_files as files
from app.source_files import (
    MAX_BYTES,
    ChangedOnDiskError,
    SourceFileError,
    SourceText,
    main_file,
    read_source,
    write_source,
)

EXAMPLE = Path(resources.__path__[0]) / "examples" / "insightly-proxy"


def listed(folder, platform=None):
    return [str(each.relative_to(folder)) for each in files.source_files(str(platform or folder))]


def put(folder, *names):
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("{}")


def test_a_config_and_its_manifest_are_listed():
    assert listed(EXAMPLE) == ["proxy.json", "manifest.json"]
    assert listed(EXAMPLE, EXAMPLE / "proxy.json") == ["proxy.json", "manifest.json"]


def test_a_built_in_connector_and_what_is_not_there_have_none(tmp_path):
    assert files.source_files("insightly") == []
    assert files.source_files(str(tmp_path / "gone")) == []


def test_a_project_is_listed_without_what_tools_made(tmp_path):
    put(
        tmp_path,
        "people.js",
        "lib/phones.ts",
        "index.js",
        "manifest.json",
        "package.json",
        "README.md",
        ".eslintrc.json",
        ".git/x.json",
        "node_modules/axios/index.js",
        "__pycache__/a.py",
    )
    assert listed(tmp_path) == [
        "index.js",
        "manifest.json",
        "package.json",
        "people.js",
        "lib/phones.ts",
    ]
    assert listed(tmp_path, tmp_path / "index.js") == listed(tmp_path)


def test_a_folder_of_thousands_lists_some(tmp_path):
    put(tmp_path, "index.js", *(f"lib/{number}.js" for number in range(files.MOST_FILES + 50)))
    assert len(listed(tmp_path)) == files.MOST_FILES + 1


def test_the_first_file_is_the_one_that_is_loaded(tmp_path):
    put(tmp_path, "proxy.json", "index.js")
    assert main_file(str(tmp_path)).name == "index.js"
    put(tmp_path, "connector.py")
    assert main_file(str(tmp_path)).name == "connector.py"


def test_neighbours_of_a_single_file_are_not_its_own(tmp_path):
    put(tmp_path, "small.py", "other.py", "manifest.json")
    assert listed(tmp_path, tmp_path / "small.py") == ["small.py", "manifest.json"]


def test_a_folder_without_a_first_file_lists_what_it_has(tmp_path):
    put(tmp_path, "interfaces/findContact.js", "manifest.json")
    assert listed(tmp_path) == ["manifest.json", "interfaces/findContact.js"]


def written(path, text):
    before = read_source(path)
    after = write_source(path, before, text(before.text), before.content)
    assert after.content == path.read_bytes()
    assert after.text == read_source(path).text
    return path.read_bytes()


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"a\nb\n", b"A\nb\n"),
        (b"a\nb", b"A\nb"),
        (b"a\r\nb\r\n", b"A\r\nb\r\n"),
        (b"a\rb\r", b"A\rb\r"),
        (b"\xef\xbb\xbfa\r\nb", b"\xef\xbb\xbfA\r\nb"),
        (b"a\r\nb\nc\r\nd", b"A\r\nb\nc\r\nd"),
        (b"a", b"A"),
    ],
)
def test_only_what_was_changed_changes(tmp_path, content, expected):
    path = tmp_path / "proxy.json"
    path.write_bytes(content)
    assert written(path, lambda text: text.replace("a", "A")) == expected


def test_a_new_line_ends_as_most_lines_do(tmp_path):
    path = tmp_path / "proxy.json"
    path.write_bytes(b"a\r\nb\nc\r\n")
    changed = written(path, lambda text: text.replace("b", "b\nnew"))
    assert changed == b"a\r\nb\nnew\r\nc\r\n"


TEXT = st.text(
    st.one_of(
        st.sampled_from("\r\n\t\x0b\x0c\x1c\x85\u2028\ufeff\ufffc\uffff\u00a0 ab"),
        st.characters(exclude_categories=["Cs"], exclude_characters="\0\u2029\ufdd0\ufdd1"),
    ),
    max_size=60,
)


@given(TEXT)
def test_what_an_editor_shows_is_written_back_byte_for_byte(content):
    """QTextDocument is the editor's memory; nothing passes through it changed."""
    before = SourceText(content.encode(), files._END.sub("\n", content.removeprefix("\ufeff")))
    document = QTextDocument()
    document.setPlainText(before.text)
    kept = document.toRawText().replace("\u2029", "\n")
    assert kept == before.text
    assert files._with_ends(before, kept).encode() == before.content


@given(TEXT, TEXT)
def test_an_edited_text_is_read_as_it_was_typed(content, typed):
    before = SourceText(content.encode(), "")
    typed = files._END.sub("\n", typed).removeprefix("\ufeff")
    again = files._with_ends(before, typed).removeprefix("\ufeff")
    assert files._END.sub("\n", again) == typed


def test_the_mode_stays_and_a_link_is_followed(tmp_path):
    target = tmp_path / "real.json"
    target.write_text("{}")
    target.chmod(0o640)
    link = tmp_path / "proxy.json"
    link.symlink_to(target.name)
    written(link, lambda _text: '{"a": 1}')
    assert link.is_symlink()
    assert target.read_text() == '{"a": 1}'
    assert stat.S_IMODE(target.stat().st_mode) == 0o640
    assert sorted(each.name for each in tmp_path.iterdir()) == ["proxy.json", "real.json"]


def test_a_file_that_is_gone_is_written_anew(tmp_path):
    path = tmp_path / "proxy.json"
    path.write_text("{}")
    before = read_source(path)
    path.unlink()
    write_source(path, before, "[]", before.content)
    assert path.read_text() == "[]"


def test_what_somebody_else_wrote_is_not_written_over(tmp_path):
    path = tmp_path / "proxy.json"
    path.write_text("{}")
    before = read_source(path)
    path.write_text("{ }")
    with pytest.raises(ChangedOnDiskError, match=r"proxy\.json was changed on disk"):
        write_source(path, before, "[]", before.content)
    assert path.read_text() == "{ }"
    write_source(path, before, "[]", b"{ }")
    assert path.read_text() == "[]"


def test_a_read_only_file_is_told_and_left(tmp_path):
    path = tmp_path / "proxy.json"
    path.write_text("{}")
    before = read_source(path)
    assert before.locked == ""
    path.chmod(0o444)
    assert "read-only" in read_source(path).locked
    with pytest.raises(SourceFileError, match="not saved: the file is read-only"):
        write_source(path, before, "[]", before.content)
    assert path.read_text() == "{}"


def test_a_full_disk_leaves_the_file_and_no_draft(tmp_path, monkeypatch):
    path = tmp_path / "proxy.json"
    path.write_text("{}")
    before = read_source(path)

    def full(_descriptor):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(SourceFileError, match=r"No space left on device\. Your text is kept here"):
        write_source(path, before, "[]", before.content)
    assert [each.name for each in tmp_path.iterdir()] == ["proxy.json"]
    assert path.read_text() == "{}"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b" " * (MAX_BYTES + 1), "larger than 1024 KB"),
        (b'{"a": "\xff"}', r"not UTF-8 text \(byte 8\)"),
    ],
)
def test_what_cannot_be_edited_is_refused_with_a_sentence(tmp_path, content, said):
    path = tmp_path / "proxy.json"
    path.write_bytes(content)
    with pytest.raises(SourceFileError, match=said):
        read_source(path)


def test_a_file_that_is_not_there_is_a_sentence(tmp_path):
    with pytest.raises(SourceFileError, match="No such file"):
        read_source(tmp_path / "gone.json")


@pytest.mark.parametrize("odd", ["\0", "\u2029", "\ufdd0"])
def test_a_character_that_an_editor_would_lose_locks_the_file(tmp_path, odd):
    path = tmp_path / "proxy.json"
    path.write_text(f'"{odd}"', encoding="utf-8")
    assert f"U+{ord(odd):04X}" in read_source(path).locked


def test_half_a_character_is_not_written(tmp_path):
    path = tmp_path / "proxy.json"
    path.write_text("{}")
    before = read_source(path)
    with pytest.raises(SourceFileError, match="line 2 holds half a character"):
        write_source(path, before, "a\n\ud800", before.content)
    assert path.read_text() == "{}"


def test_a_file_is_on_disk_while_its_bytes_are(tmp_path):
    path = tmp_path / "proxy.json"
    path.write_text("{}")
    assert files.is_on_disk(path, b"{}")
    assert not files.is_on_disk(path, b"[]")
    assert not files.is_on_disk(tmp_path / "gone.json", b"{}")


def test_a_single_file_brings_what_it_imports(tmp_path):
    put(tmp_path, "interfaces/find.js", "other.js", "manifest.json", "myCRM.js")
    (tmp_path / "myCRM.js").write_text("exports.findContact = require('./interfaces/find');\n")
    listing = listed(tmp_path, tmp_path / "myCRM.js")
    assert listing == ["myCRM.js", "manifest.json", "interfaces/find.js"]
