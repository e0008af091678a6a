"""The pages of `docs/` that the window opens, section by section."""

from __future__ import annotations

import re
from importlib import resources
from pathlib import Path
from typing import Literal

Document = Literal["verdicts", "findings"]


def section(document: Document, heading: str) -> str:
    """Return one section as Markdown, its heading included; a sentence when there is none.

    Args:
        document: the page.
        heading: the section's heading in any case: a verdict's code, a finding's rule.
    """
    parts = re.split(r"^(?=#{1,2} )", _text(document), flags=re.MULTILINE)
    wanted = f"## {heading}".casefold()
    found = (part for part in parts if part.partition("\n")[0].strip().casefold() == wanted)
    return next(found, f"docs/{document}.md has no section for {heading}.").rstrip()


def _text(document: Document) -> str:
    """Read a page: an installation has it beside the resources, a checkout in `docs/`."""
    installed = resources.files("resources") / "docs" / f"{document}.md"
    if installed.is_file():
        return installed.read_text(encoding="utf-8")
    path = Path(__file__).resolve().parent.parent / "docs" / f"{document}.md"
    return path.read_text(encoding="utf-8")
