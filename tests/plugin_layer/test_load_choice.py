"""``FT_CORE_LOAD`` restricts what is loaded."""

from __future__ import annotations

from pathlib import Path

import pytest

from ft_core.errors import MissingRequirementError, UnknownStepError
from ft_core.step import Steps, load_steps
from tests.distributions import write_extension, write_step


@pytest.fixture
def installed(site: Path) -> Path:
    write_step(site, "moral", requires=("motif",))
    write_step(site, "motif")
    write_step(site, "boom", hooks="raise RuntimeError('imported')")
    write_extension(site, "polite", "")
    return site


def load(site: Path, monkeypatch: pytest.MonkeyPatch, value: str) -> Steps:
    monkeypatch.setenv("FT_CORE_LOAD", value)
    return load_steps([str(site)])


def test_only_the_named_steps_and_extensions_are_loaded(installed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    steps = load(installed, monkeypatch, " moral, motif ,")
    assert ([step.name for step in steps.working], steps.extensions, steps.broken) == (["motif", "moral"], (), ())
    assert steps.choice.left_out == ("boom", "polite")
    steps = load(installed, monkeypatch, "motif,polite")
    assert ([step.name for step in steps.working], [each.name for each in steps.extensions]) == (["motif"], ["polite"])


def test_empty_means_none(installed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    steps = load(installed, monkeypatch, "")
    assert (steps.working, steps.extensions, steps.broken) == ((), (), ())


def test_a_name_that_is_not_installed_is_told(installed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UnknownStepError) as caught:
        load(installed, monkeypatch, "moral,motiv")
    assert str(caught.value) == (
        "FT_CORE_LOAD names 'motiv', and no step or extension of that name is installed. Did you mean 'motif'? "
        "Installed: boom, moral, motif, polite."
    )


def test_a_step_that_is_left_out_is_not_called_uninstalled(installed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    steps = load(installed, monkeypatch, "moral")
    with pytest.raises(
        UnknownStepError, match="^'motif' is installed but not loaded, for FT_CORE_LOAD=moral. Name it there too"
    ):
        steps.get("motif")
    with pytest.raises(
        MissingRequirementError, match="requires step 'motif', which is left out by FT_CORE_LOAD; name it there"
    ):
        steps.get("moral")


def test_entry_points_that_cannot_be_read_are_told_of_whatever_is_named(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_step(site, "moral")
    write_step(site, "motif")
    (site / "acme_motif-1.0.dist-info" / "entry_points.txt").write_text("[ft_core.steps]\nmotif\n", encoding="utf-8")
    steps = load(site, monkeypatch, "moral")
    assert [broken.entry.name for broken in steps.broken] == ["?"]
