"""Every message that the troubleshooting page quotes is one that ft-core can print."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache

import pytest

from tests.doc_page import ROOT

PAGE = ROOT / "docs" / "troubleshooting.md"
QUOTED = re.findall(r"^> `(.+)`$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
GAP = "\0"
OWN_SHARE = 0.14
"""How much of a message must be the source's own words, and not values put into it: little words match anything."""


@cache
def read_lines() -> frozenset[str]:
    """Return every line of every text in the source, with a gap for each value that is put into it."""
    files = [*ROOT.glob("core/ft_core/**/*.py"), *ROOT.glob("plugins/*/ft_*/**/*.py")]
    return frozenset(line.strip() for file in files for line in find_lines(ast.parse(file.read_text(encoding="utf-8"))))


def find_lines(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr | ast.Constant):
            parts = node.values if isinstance(node, ast.JoinedStr) else [node]
            yield from "".join(str(part.value) if isinstance(part, ast.Constant) else GAP for part in parts).split("\n")


def gives(line: str, message: str) -> bool:
    own = [re.escape(part) for part in line.split(GAP)]
    return len(line.replace(GAP, "")) >= OWN_SHARE * len(message) and bool(re.fullmatch(".*".join(own), message))


@pytest.mark.parametrize("message", QUOTED)
def test_a_quoted_message_is_one_of_ours(message: str) -> None:
    bare = re.sub(r"^(Error: |Refused: \S+ \S+ )", "", message)
    assert any(gives(line, bare) for line in read_lines()), f"no text of the source gives {bare!r}; quote it as it is now"


def test_a_message_that_nothing_prints_would_be_found_out() -> None:
    assert not any(gives(line, "No step 'stak' was found. Installed: character, stac.") for line in read_lines())


def test_the_page_quotes_messages_in_the_form_that_is_checked() -> None:
    assert len(QUOTED) == PAGE.read_text(encoding="utf-8").count("\n> ")
