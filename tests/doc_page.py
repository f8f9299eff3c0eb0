"""The code blocks of a page of documentation."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from markdown_it import MarkdownIt

ROOT = Path(__file__).resolve().parents[1]
PAGES = sorted(
    [
        ROOT / "README.md",
        ROOT / "CONTRIBUTING.md",
        *ROOT.glob("docs/*.md"),
        *ROOT.glob("plugins/*/README.md"),
        *ROOT.glob("examples/plugins/*/README.md"),
    ]
)


@dataclass(frozen=True)
class Block:
    """A block of code; ``title`` is the file that the reader writes it into, if any."""

    language: str
    title: str
    content: str


def read_blocks(page: Path) -> list[Block]:
    tokens = MarkdownIt().parse(page.read_text(encoding="utf-8"))
    return [_read(token.info.strip(), token.content) for token in tokens if token.type in {"fence", "code_block"}]


def _read(info: str, content: str) -> Block:
    title = re.search(r'title="([^"]+)"', info)
    return Block(info.split(" ", maxsplit=1)[0], title[1] if title else "", content)


def split_commands(block: Block) -> list[str]:
    return block.content.replace("\\\n", " ").splitlines()
