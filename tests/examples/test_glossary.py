"""The example of an extension: built as a wheel, installed beside ft-core, and used."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from ft_core.corpus.reading.samples import samples_dir

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "examples" / "plugins" / "glossary"
STEPS = "character,stac,glossary"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The built wheel; nothing is fetched."""
    out = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(out), str(SOURCE)]
    subprocess.run(build, check=True, capture_output=True)
    return next(out.glob("*.whl"))


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder into which the wheel is installed."""
    target = tmp_path_factory.mktemp("installed")
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index", "--target", str(target), str(wheel)]
    subprocess.run(pip, check=True, capture_output=True)
    return target


def run(installed: Path, *words: str, **variables: str) -> str:
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(installed), *sys.path]), "FT_CORE_LOAD": STEPS} | variables
    command = [sys.executable, "-m", "ft_core", *words]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    assert done.returncode == 0, done.stderr
    return done.stdout


def prepare(installed: Path, out: Path, **variables: str) -> list[dict[str, str]]:
    run(installed, "prepare", "--data-dir", str(samples_dir()), "--output-dir", str(out), **variables)
    lines = [line for file in sorted(out.glob("*.jsonl")) for line in file.read_text(encoding="utf-8").splitlines()]
    return [json.loads(line) for line in lines]


def test_the_wheel_holds_the_module_and_its_words(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    assert {"ft_glossary/__init__.py", "ft_glossary/glossary.json", "ft_glossary/py.typed"} <= names


def test_it_is_listed_as_an_extension(installed: Path) -> None:
    assert "\n  glossary  ft-glossary 0.1.0\n" in run(installed, "steps")


def test_words_are_explained_in_the_prompts_of_every_step_in_which_they_stand(installed: Path, tmp_path: Path) -> None:
    plain = prepare(installed, tmp_path / "plain", FT_CORE_LOAD="character,stac")
    explained = prepare(installed, tmp_path / "explained")
    assert [row["output"] for row in explained] == [row["output"] for row in plain]
    assert [re.sub(r"Glossary:\n(- .+\n)+\n", "", row["instruction"]) for row in explained] == [
        row["instruction"] for row in plain
    ]
    line = "\n\nGlossary:\n- Baba Yaga: an old witch in the forest, who helps or harms\n"
    told = ["Baba Yaga" in row["instruction"] for row in plain]
    assert [line in row["instruction"] for row in explained] == told
    assert 4 < sum(told) < len(told)


def test_a_glossary_of_ones_own_can_be_named(installed: Path, tmp_path: Path) -> None:
    (tmp_path / "mine.json").write_text('{"swan-geese": "terrible birds"}', encoding="utf-8")
    rows = prepare(installed, tmp_path / "out", FT_GLOSSARY=str(tmp_path / "mine.json"))
    assert any("\n\nGlossary:\n- swan-geese: terrible birds\n\n" in row["instruction"] for row in rows)
    assert not any("- Baba Yaga:" in row["instruction"] for row in rows)


def test_an_explanation_is_no_answer_and_the_end_of_training_is_told(installed: Path) -> None:
    code = """
from ft_core.step import load_steps
step = load_steps().get("character")
print(*step.validate_output({"doers": ["terrible birds"], "receivers": [], "new_characters": [], "notes": ""}, {"known_characters": []}))
assert step.on_step_finished({"status": "done"}) == []
"""
    words = installed / "words.json"
    words.write_text('{"swan-geese": "terrible birds"}', encoding="utf-8")
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(installed), *sys.path]), "FT_GLOSSARY": str(words)}
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=environment | {"FT_CORE_LOAD": STEPS})
    assert done.stdout == "$.doers[0]: 'terrible birds' explains a word; it is no word of the tale\n"
    assert done.stderr == "Step character: done, with a glossary of 1 words.\n"


def test_it_is_short_enough_to_learn_from() -> None:
    assert len((SOURCE / "ft_glossary" / "__init__.py").read_text(encoding="utf-8").splitlines()) < 60
