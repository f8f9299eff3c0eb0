"""``ft-core steps``."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

from ft_core.cli import main
from tests.distributions import write_extension, write_step


def run_steps(site: Path, *flags: str) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(site), *sys.path])}
    command = [sys.executable, "-m", "ft_core", "steps", *flags]
    return subprocess.run(command, capture_output=True, text=True, check=False, env=environment)


def test_a_broken_step_is_listed_with_its_reason_and_the_others_stay(site: Path) -> None:
    write_step(site, "moral")
    write_step(site, "tale_type", hooks="raise RuntimeError('no index')")
    done = run_steps(site)
    assert done.returncode == 0
    assert "moral" in done.stdout
    assert "Broken: tale_type (acme-tale-type 1.0)\n  Step 'tale_type': acme_tale_type of acme-tale-type 1.0" in done.stdout
    assert "RuntimeError: no index" in done.stdout


def test_json_lists_distribution_version_requires_and_schema(site: Path) -> None:
    write_step(site, "moral", version="2.1", uses=("stac",))
    write_step(site, "tale_type", requires=("gone",))
    rows = {row["name"]: row for row in json.loads(run_steps(site, "--json").stdout)}
    moral = rows["moral"]
    assert (moral["distribution"], moral["version"], moral["requires"], moral["uses"]) == ("acme-moral", "2.1", [], ["stac"])
    assert (moral["scope"], moral["broken"], moral["schema"]["required"]) == ("event", None, ["moral"])
    assert "requires step 'gone'" in rows["tale_type"]["broken"]
    assert rows["tale_type"]["requires"] == ["gone"]


def test_no_step_at_all_is_told_with_an_install_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for command in ("steps", "prepare"):  # what they import is not on the path any more
        import_module(f"ft_core.cli.{command}")
    monkeypatch.setattr(sys, "path", [str(tmp_path)])
    assert main(["steps"]) == 0
    assert "No step is installed. Install one, for instance: pip install ./plugins/stac" in capsys.readouterr().out
    assert main(["prepare", "--data-dir", str(tmp_path), "--output-dir", str(tmp_path)]) == 2
    assert "Error: No step is installed that works. Install one" in capsys.readouterr().err


def test_a_reader_who_has_seen_enough_is_no_traceback() -> None:
    command = f"{sys.executable} -m ft_core steps --json | head -c 1"
    done = subprocess.run(["sh", "-c", command], capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("[", "")


def test_a_character_that_the_terminal_lacks_is_no_traceback(site: Path) -> None:
    write_step(site, "moral", hooks="raise RuntimeError('狐')")
    environment = os.environ | {"PYTHONPATH": str(site), "PYTHONIOENCODING": "ascii"}
    done = subprocess.run(
        [sys.executable, "-m", "ft_core", "steps"], capture_output=True, text=True, check=False, env=environment
    )
    assert done.returncode == 0
    assert r"RuntimeError: \u72d0" in done.stdout


def test_extensions_have_a_section_of_their_own_and_stand_at_every_step_in_json(site: Path) -> None:
    write_step(site, "moral")
    write_extension(site, "polite", "", version="2.0")
    write_extension(site, "rude", "import nowhere")
    printed = run_steps(site).stdout
    assert "\nExtensions, around every step; the first stands outermost:\n" in printed
    assert "  polite  acme-polite 2.0\n" in printed
    rows = json.loads(run_steps(site, "--json").stdout)
    extensions = {each["name"]: each for each in next(row for row in rows if row["name"] == "moral")["extensions"]}
    assert extensions["polite"] == {"name": "polite", "distribution": "acme-polite", "version": "2.0", "broken": None}
    assert "No module named 'nowhere'" in extensions["rude"]["broken"]
    assert {"polite", "rude"}.isdisjoint(row["name"] for row in rows)


def test_a_broken_step_comes_with_the_command_that_takes_it_away_and_rivals_with_both(site: Path) -> None:
    for distribution in ("acme-moral", "other-moral"):
        write_step(site, "moral", distribution=distribution)
    printed = run_steps(site).stdout
    assert printed.count("Step 'moral' is provided by acme-moral 1.0 and other-moral 1.0. Uninstall one of them.") == 1
    assert "Broken: moral (acme-moral 1.0 and other-moral 1.0)\n" in printed
    assert "  To take it away: pip uninstall acme-moral or pip uninstall other-moral\n" in printed
    rows = [row for row in json.loads(run_steps(site, "--json").stdout) if row["name"] == "moral"]
    assert [row["uninstall"] for row in rows] == ["pip uninstall acme-moral", "pip uninstall other-moral"]


def test_what_is_not_loaded_is_named(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("moral", "motif"):
        write_step(site, name)
    monkeypatch.setenv("FT_CORE_LOAD", "moral")
    assert "motif" in run_steps(site).stdout.partition("\nNot loaded, for FT_CORE_LOAD=moral: ")[2]
    monkeypatch.setenv("FT_CORE_LOAD", "")
    assert run_steps(site).stdout.startswith("No step is loaded. Name some there, or unset it.\n")
    monkeypatch.setenv("FT_CORE_LOAD", "morale")
    done = run_steps(site)
    assert (done.returncode, done.stdout) == (2, "")
    assert "FT_CORE_LOAD names 'morale'" in done.stderr
