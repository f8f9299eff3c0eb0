"""``ft-core steps``."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from tests.distributions import write_step


def run_steps(site: Path, *flags: str) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"PYTHONPATH": str(site)}
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
