"""The tutorials work as they stand: files are written, commands are run in order, and print what the page says."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from collections.abc import Mapping
from contextlib import chdir
from pathlib import Path
from typing import Any

import pytest

from ft_core import cli
from tests.doc_page import ROOT, Block, read_blocks, split_commands

TUTORIALS = [ROOT / "docs" / "tutorial.md"]
NEED_THE_TRAINING_STACK = {"preview", "train"}
"""Commands of which only the flags are parsed."""


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """Environment variables under which ``site`` beside the working folder is where pip installs."""
    paths = [str(tmp_path / "site"), os.environ.get("PYTHONPATH", "")]
    return os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, paths)), "COLUMNS": "200"}


@pytest.mark.parametrize("page", TUTORIALS, ids=lambda page: page.name)
def test_a_tutorial_can_be_followed_from_top_to_bottom(page: Path, tmp_path: Path, environment: dict[str, str]) -> None:
    folder = tmp_path / "work"
    folder.mkdir()
    names: dict[str, Any] = {"__name__": "tutorial"}
    printed = ""
    for block in read_blocks(page):
        if block.title:
            write_file(folder / block.title, block.content)
        elif block.language == "python":
            with chdir(folder):
                exec(compile(block.content, page.name, "exec"), names)  # noqa: S102  # that is the test
        elif block.language == "sh":
            printed = "".join(run_command(command, folder, environment) for command in split_commands(block))
        else:
            check_output(block, printed)


def write_file(path: Path, content: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content, encoding="utf-8")


def run_command(line: str, folder: Path, environment: Mapping[str, str]) -> str:
    words = shlex.split(line, comments=True)
    if words[0] == "ft-core" and words[1] in NEED_THE_TRAINING_STACK:
        cli.make_parser(words[1:]).parse_args(words[1:])
        return ""
    done = subprocess.run(find_program(words), cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{line}\n{done.stdout}{done.stderr}"
    return done.stdout + done.stderr


def find_program(words: list[str]) -> list[str]:
    """Return the command as it runs without network, into a folder of its own."""
    if words[0] == "ft-core":
        return [sys.executable, "-m", "ft_core", *words[1:]]
    if words[:2] == ["pip", "install"]:
        offline = ["--no-index", "--no-deps", "--no-build-isolation", "--quiet", "--disable-pip-version-check"]
        return [sys.executable, "-m", "pip", "install", *offline, "--target", "../site", *words[2:]]
    assert words[0] == "python", f"the tutorial's command {words[0]} has no way to run here"
    return [sys.executable, *words[1:]]


def check_output(block: Block, printed: str) -> None:
    assert block.language == "text", f"a block of {block.language!r} belongs into a file; give it a title"
    shown = [" ".join(line.split()) for line in printed.splitlines()]
    for line in block.content.splitlines():  # columns are as wide as the longest name that is installed
        assert any(" ".join(line.split()) in each for each in shown), f"{line!r} was not printed:\n{printed}"
