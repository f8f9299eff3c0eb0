"""What is loaded by what: the command line and the plugins stay light."""

from __future__ import annotations

import subprocess
import sys

import pytest

import ft_core

HEAVY = ("torch", "transformers", "trl", "peft", "unsloth", "datasets", "accelerate", "numpy")


def heavy_modules_after(code: str) -> list[str]:
    report = f"import sys\n{code}\nprint(*[name for name in {HEAVY!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", report], capture_output=True, text=True, check=True)
    return done.stdout.splitlines()[-1].split()


@pytest.mark.parametrize(
    "code",
    [
        "import ft_core",
        "from ft_core import *",
        "from ft_core.cli import main\ntry: main(['--help'])\nexcept SystemExit: pass",
        "from ft_core.cli import main\ntry: main(['train', '--help'])\nexcept SystemExit: pass",
        "from ft_core.cli import main\nmain(['steps'])",
        "from ft_core.cli import main\ntry: main(['prepare', '--help'])\nexcept SystemExit: pass",
    ],
)
def test_no_training_library_is_loaded_before_it_is_needed(code: str) -> None:
    assert heavy_modules_after(code) == []


def test_every_public_name_is_there() -> None:
    assert all(getattr(ft_core, name) is not None for name in ft_core.__all__)
    assert dir(ft_core) == sorted(ft_core.__all__)


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="module 'ft_core' has no attribute 'Stepp'"):
        _ = ft_core.Stepp
