"""In a bare environment, from built wheels: a new step is written, installed, checked, trained and annotates; no file of core changes."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

import pytest

from ft_core.corpus.reading.loading import load_all_annotated_stories
from tests.wheels import ROOT, build_wheel

pytestmark = [pytest.mark.e2e, pytest.mark.slow]


class Environment:
    """A virtual environment with nothing of ours but wheels; what they depend on is lent by the one that runs the tests."""

    def __init__(self, folder: Path) -> None:
        venv.create(folder, symlinks=True)
        self.bin = folder / "bin"
        (self.site,) = folder.glob("lib/python*/site-packages")
        # A line of a .pth file only lengthens the path: what is installed there in editable mode does not come with it.
        (self.site / "lent.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")

    def install(self, *what: str) -> None:
        flags = ["install", "--quiet", "--no-index", "--no-deps", "--no-build-isolation"]
        self.run(sys.executable, "-m", "pip", "--python", str(self.bin / "python"), *flags, *what)

    def run(self, *command: str, cwd: Path | None = None) -> str:
        environment = {name: value for name, value in os.environ.items() if name not in {"PYTHONPATH", "VIRTUAL_ENV"}}
        done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=cwd, env=environment)
        assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
        return done.stdout

    def ft_core(self, *arguments: str, cwd: Path) -> str:
        return self.run(str(self.bin / "ft-core"), *arguments, cwd=cwd)

    def hash_core(self) -> str:
        files = sorted(path for path in (self.site / "ft_core").rglob("*") if path.is_file() and path.suffix != ".pyc")
        return hashlib.sha256(b"".join(str(path).encode() + path.read_bytes() for path in files)).hexdigest()


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Environment:
    folder = tmp_path_factory.mktemp("bare")
    projects = [ROOT, *sorted(path.parent for path in ROOT.glob("plugins/*/pyproject.toml"))]
    wheels = [str(build_wheel(project, folder / "dist")) for project in projects]
    environment = Environment(folder / "venv")
    environment.install(*wheels)
    where = environment.run(str(environment.bin / "python"), "-c", "import ft_core; print(ft_core.__file__)")
    assert Path(where.strip()).is_relative_to(environment.site)
    return environment


@pytest.mark.parametrize("scope", ["event", "story"])
def test_a_new_step_works_from_the_first_minute(bare: Environment, tmp_path: Path, scope: str) -> None:
    name = f"sentiment_{scope}"
    core = bare.hash_core()
    bare.ft_core("new", name, "--scope", scope, cwd=tmp_path)
    folder = tmp_path / f"ft-sentiment-{scope}"
    bare.install(str(folder))
    rows = {row["name"]: row for row in json.loads(bare.ft_core("steps", "--json", cwd=tmp_path))}
    assert rows[name]["distribution"] == f"ft-sentiment-{scope}"
    assert {row["broken"] for row in rows.values()} == {None}
    findings = json.loads(bare.ft_core("steps", "--check", name, "--json", cwd=tmp_path))
    assert {finding["status"] for finding in findings} == {"passed"}
    assert "2 passed" in bare.run(str(bare.bin / "python"), "-m", "pytest", "-q", str(folder), cwd=folder)
    samples = str(bare.site / "ft_core" / "samples")
    flags = ["--max-steps", "2", "--batch-size", "1", "--gradient-accumulation-steps", "1", "--device", "cpu"]
    bare.ft_core("train", "--data-dir", samples, "--step", name, "--output-dir", "run", *flags, cwd=tmp_path)
    run = json.loads((tmp_path / "run" / "run.json").read_text(encoding="utf-8"))
    assert run["steps"][name]["status"] == "done"
    assert (tmp_path / "run" / name / "adapter_model.safetensors").is_file()
    tale = str(bare.site / "ft_core" / "samples" / "sample_en_06_lion_and_mouse_v3.json")
    bare.ft_core("annotate", tale, "--run", "run", "--output-dir", "annotated", "--device", "cpu", cwd=tmp_path)
    (annotated,) = load_all_annotated_stories(tmp_path / "annotated")
    places = [annotated] if scope == "story" else annotated.events
    assert {type(place.annotations[name]["label"]) for place in places} == {str}
    assert bare.hash_core() == core
