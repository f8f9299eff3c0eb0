"""Every code block of the README and the docs is executed, or, where it would train or install, parsed."""

from __future__ import annotations

import json
import os
import shlex
import tomllib
from collections.abc import Iterator
from contextlib import chdir
from pathlib import Path
from typing import Any

import pytest
import yaml

from ft_core import cli
from tests.doc_page import PAGES, ROOT, Block, read_blocks, split_commands
from tests.test_tutorial import TUTORIALS

NOT_RUN = {"annotate", "evaluate", "train"}
"""Commands that take minutes, or a run: their flags are parsed."""


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """A working folder with what the docs speak of: ``tales/``, what may lie beside them, and the repository's folders."""
    (tmp_path / "tales").symlink_to(ROOT / "core" / "ft_core" / "samples")
    write_beside(tmp_path)
    for name in ("plugins", "examples", "Makefile"):
        (tmp_path / name).symlink_to(ROOT / name)
    with chdir(tmp_path):
        yield tmp_path


def write_beside(folder: Path) -> None:
    """Write a STAC sidecar, a retelling and a summary of a sample tale."""
    name = "sample_en_06_lion_and_mouse"
    tale = json.loads((folder / "tales" / f"{name}_v3.json").read_text(encoding="utf-8"))
    segments = [event["text_span"]["text"] for event in tale["narrative_events"]]
    sentences = [{"sentence": text, "analysis": {"stac_category": "action"}} for text in segments]
    for path, text in (
        (f"stac_annotations/{name}_stac.json", json.dumps({"sentences": sentences})),
        (f"retellings/{name}_v3/{name}_gen_01.txt", "".join(f"{{{text} So they say.}}\n" for text in segments)),
        ("summaries.csv", f"story_name,text_file,summary\n{name},{name}.txt,A mouse repays a lion.\n"),
    ):
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")


@pytest.mark.parametrize(
    "page", [page for page in PAGES if page not in TUTORIALS], ids=lambda page: str(page.relative_to(ROOT))
)
def test_every_code_block_of_a_page_works(page: Path, folder: Path) -> None:
    names: dict[str, Any] = {"__name__": "docs"}
    for block in read_blocks(page):
        check_block(block, names)


def check_block(block: Block, names: dict[str, Any]) -> None:
    language, content = block.language, block.content
    if block.title:
        assert not block.title.startswith("tales/"), "these are the sample tales themselves"
        Path(block.title).parent.mkdir(parents=True, exist_ok=True)
        Path(block.title).write_text(content, encoding="utf-8")
    if language == "python":
        exec(compile(content, "docs", "exec"), names)  # noqa: S102  # that is the test
    elif language == "sh":
        for command in split_commands(block):
            check_command(shlex.split(command, comments=True))
    elif language == "json":
        json.loads(content)
    elif language == "toml":
        tomllib.loads(content)
    elif language == "yaml":
        yaml.safe_load(content)
    else:
        assert language == "text", f"a block of {language!r} has no check; mark plain output as text"


def check_command(words: list[str]) -> None:
    if words[:1] == ["ft-core"] and words[1] in NOT_RUN:
        cli.make_parser(words[1:]).parse_args(words[1:])
    elif words[:1] == ["ft-core"]:
        assert cli.main(words[1:]) == 0
    elif words[:1] == ["make"]:
        assert f"\n{words[1]}:" in (ROOT / "Makefile").read_text(encoding="utf-8")
    else:
        for word in words:
            assert not word.startswith("./") or os.path.exists(word) or "*" in word, f"{word} is not there"
