"""The pytest plugin of ft-core: fixtures for the tests of a step.

pytest imports this module in every run where ft-core is installed, so it imports nothing of ft-core before a fixture is used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from ft_core.step import Step
    from ft_core.story import Story

__all__ = ["pytest_addoption", "step", "story", "tiny_model"]

_STEP = "ft_core_step"
_SAMPLE = "sample_en_06_lion_and_mouse"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the setting that names the step."""
    parser.addini(_STEP, "the installed step that the fixture `step` gives", default="")


@pytest.fixture
def step(request: pytest.FixtureRequest) -> Step:
    """The installed step that ``ft_core_step`` names in pytest's settings, or an indirect parameter of the test."""
    from ft_core.step import load_steps

    name = getattr(request, "param", "") or request.config.getini(_STEP)
    if not name:
        raise pytest.UsageError(
            f'The fixture step needs a step: write {_STEP} = "NAME" under [tool.pytest.ini_options] in pyproject.toml.'
        )
    return load_steps().get(name)


@pytest.fixture
def story(request: pytest.FixtureRequest) -> Story:
    """A sample tale with all its labels, read anew for each test; an indirect parameter names another one by its id."""
    from ft_core.corpus.reading.loading import load_all_annotated_stories
    from ft_core.corpus.reading.samples import samples_dir

    wanted = getattr(request, "param", _SAMPLE)
    (found,) = load_all_annotated_stories(samples_dir() / f"{wanted}_v3.json")
    return found


@pytest.fixture(scope="session")
def tiny_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a base model with random weights, small enough to be trained on a CPU in seconds."""
    from ft_core.engine.tiny_model import write_tiny_model

    return write_tiny_model(tmp_path_factory.mktemp("ft-core") / "tiny-model")
