from __future__ import annotations

import gc
import logging
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from tests.distributions import imports_forgotten

# Before torch is loaded, and for processes that tests start: tiny models are faster with one thread, above all side by side, and
# sums of several threads are rounded otherwise.
os.environ["OMP_NUM_THREADS"] = "1"

# How long an example takes is the machine's affair: a busy one is no fault.
settings.register_profile("suite", deadline=None)
settings.load_profile("suite")

CORPUS = Path(__file__).resolve().parents[2] / "shared" / "corpus"
HEAVY = {"torch", "transformers", "unsloth"}


@pytest.fixture(autouse=True)
def libraries_are_no_garbage(frozen: set[str]) -> None:
    """Take loaded libraries out of the garbage collector's sight: half a million objects, through which it goes with every training."""
    loaded = HEAVY & sys.modules.keys()
    if loaded - frozen:
        gc.collect()
        gc.freeze()
        frozen |= loaded


@pytest.fixture(scope="session")
def frozen() -> set[str]:
    """What of ``HEAVY`` the garbage collector no longer looks at."""
    return set()


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder like ``site-packages``, first on ``sys.path``; what was imported from it is forgotten afterwards."""
    folder = tmp_path / "site"
    folder.mkdir()
    monkeypatch.syspath_prepend(str(folder))
    with imports_forgotten():
        yield folder


@pytest.fixture
def corpus() -> Path:
    """The annotated corpus beside the repository."""
    if not CORPUS.is_dir():
        pytest.skip("the annotated corpus is not beside the repository")
    return CORPUS


@pytest.fixture
def own_log(monkeypatch: pytest.MonkeyPatch) -> None:
    """For a test that trains in this process: the handlers that the command sets are forgotten afterwards."""
    logger = logging.getLogger("ft_core")
    for name, value in (("handlers", []), ("propagate", logger.propagate), ("level", logger.level)):
        monkeypatch.setattr(logger, name, value)
