"""The fixtures for a plugin's own tests, in a pytest of their own."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from ft_core import testing
from tests.distributions import write_story_step
from tests.wheels import ROOT, run_installed


def run_pytest(folder: Path, test: str, *, site: Path, setting: str = "") -> subprocess.CompletedProcess[str]:
    (folder / "test_it.py").write_text(test, encoding="utf-8")
    (folder / "pytest.ini").write_text(f"[pytest]\n{setting}\n", encoding="utf-8")
    flags = ["-q", "-p", "ft_core.testing.pytest_plugin", "-p", "no:cacheprovider", "--rootdir", str(folder)]
    return run_installed(site, "pytest", *flags, str(folder), cwd=folder)


def test_the_plugin_is_an_entry_point_of_pytest() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["entry-points"]["pytest11"] == {"ft_core": "ft_core.testing.pytest_plugin"}


def test_importing_it_loads_nothing_of_ft_core_but_the_package_itself() -> None:
    code = (
        "import sys, ft_core.testing.pytest_plugin\n"
        "print(*sorted(name for name in sys.modules if name.startswith(('ft_core', 'torch', 'jsonschema'))))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["ft_core", "ft_core.testing", "ft_core.testing.pytest_plugin"]


def test_step_and_story_are_given(tmp_path: Path, site: Path) -> None:
    write_story_step(site, "moral")
    write_story_step(site, "motif")
    test = """
import pytest

def test_step(step, story):
    assert step.name == "moral"
    assert story.id == "sample_en_06_lion_and_mouse"
    assert story.annotations["moral"]["moral"].startswith("No kindness")
    story.events.clear()

@pytest.mark.parametrize("step", ["motif"], indirect=True)
@pytest.mark.parametrize("story", ["sample_en_04_tam_lin"], indirect=True)
def test_others(step, story):
    assert (step.name, story.id) == ("motif", "sample_en_04_tam_lin")

def test_a_story_is_read_anew(story):
    assert len(story.events) == 7
"""
    done = run_pytest(tmp_path, test, site=site, setting="ft_core_step = moral")
    assert "3 passed" in done.stdout, done.stdout


def test_a_step_that_nobody_names_is_told(tmp_path: Path, site: Path) -> None:
    done = run_pytest(tmp_path, "def test_step(step):\n    pass\n", site=site)
    told = 'The fixture step needs a step: write ft_core_step = "NAME" under [tool.pytest.ini_options] in pyproject.toml.'
    assert told in done.stdout


def test_a_tiny_model_can_be_trained(tmp_path: Path, site: Path) -> None:
    write_story_step(site, "moral")
    test = """
from ft_core import FineTuneConfig, StepTrainer, load_all_annotated_stories
from ft_core.corpus.reading.samples import samples_dir

def test_it_learns(step, tiny_model, tmp_path):
    config = FineTuneConfig(
        model_name=str(tiny_model), device="cpu", output_dir=str(tmp_path / "run"), max_steps=1, batch_size=1, lora_r=2
    )
    stories = load_all_annotated_stories(samples_dir())
    examples = [item for story in stories[:2] for item in step.examples(story)]
    trainer = StepTrainer(step.name, config)
    trainer.load_model()
    trainer.train(examples)
    trainer.save()
    assert (tmp_path / "run" / "moral" / "adapter_model.safetensors").is_file()
"""
    done = run_pytest(tmp_path, test, site=site, setting="ft_core_step = moral")
    assert "1 passed" in done.stdout, done.stdout


def test_the_public_names_are_there_and_no_others() -> None:
    assert all(getattr(testing, name) is not None for name in testing.__all__)
    with pytest.raises(AttributeError, match="module 'ft_core.testing' has no attribute 'check_stepp'"):
        _ = testing.check_stepp
