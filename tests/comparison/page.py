"""Writes the tables of docs/comparison.md: ``python -m tests.comparison.page``."""

from __future__ import annotations

from pathlib import Path

from tests.comparison.columns import COLUMNS
from tests.comparison.differences import ABSENT, GROUPS, KNOWN, Known

PAGE = Path(__file__).parents[2] / "docs" / "comparison.md"
BEGIN, END = "<!-- begin: differences -->", "<!-- end -->"


def tables() -> str:
    """Return one table for each way: what differs from the way it is held against, and why."""
    parts = []
    for column in COLUMNS:
        if not column.base:
            continue
        rows = [_row(known) for known in KNOWN if known.column == column.name]
        parts += [
            f"### {column.name}",
            "",
            f"| what | {column.base} | {column.name} | where | why |",
            "| --- | --- | --- | --- | --- |",
            *rows,
            "",
        ]
    return "\n".join(parts)


def with_tables(page: str) -> str:
    """Return the page with the tables as they are now."""
    head, _, rest = page.partition(BEGIN)
    _, _, tail = rest.partition(END)
    return f"{head}{BEGIN}\n\n{tables()}\n{END}{tail}"


def _row(known: Known) -> str:
    cells = (known.what, _value(known.first), _value(known.other), _where(known.cases), known.why)
    escaped = [cell.replace("|", "\\|") for cell in cells]
    return f"| {' | '.join(escaped)} |"


def _value(text: str) -> str:
    if text == ABSENT:
        return text
    shown = text.replace("\n", "\\n")
    return f"`{shown}`" if shown else "an empty text"


def _where(cases: tuple[str, ...]) -> str:
    return GROUPS.get(cases) or "; ".join(cases)


if __name__ == "__main__":
    PAGE.write_text(with_tables(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
