"""A plugin that is made for another version of ft-core is refused, by the range that its distribution declares."""

from __future__ import annotations

from pathlib import Path

import pytest

from ft_core import __version__
from ft_core.discovery import StepEntry
from ft_core.errors import VersionRangeError
from ft_core.step import load_steps
from ft_core.version_range import check_range
from tests.distributions import write_extension, write_step


def entry(*wanted: str) -> StepEntry:
    return StepEntry("moral", "acme-moral", "1.0", "acme_moral", "", wanted)


def test_a_step_for_a_later_version_is_not_even_imported_and_the_others_go_on(site: Path) -> None:
    write_step(site, "moral", hooks="raise SystemError('imported')", wanted=("ft-core<10,>=9",))
    write_step(site, "motif", wanted=("ft-core>=0.1,<0.2", "rich"))
    steps = load_steps([str(site)])
    assert [step.name for step in steps.working] == ["motif"]
    (broken,) = steps.broken
    assert isinstance(broken.error, VersionRangeError)
    assert str(broken.error) == (
        f"Step 'moral': acme-moral 1.0 is made for another version of ft-core: it declares ft-core <10,>=9, and this is ft-core "
        f"{__version__}. Install a version of it that fits (pip install --upgrade acme-moral), or: pip uninstall acme-moral"
    )


def test_an_extension_is_held_to_its_range_too(site: Path) -> None:
    write_extension(site, "polite", "", wanted=("FT_Core[train] >= 9",))
    (broken,) = load_steps([str(site)]).broken_extensions
    assert "Extension 'polite': acme-polite 1.0 is made for another version of ft-core: it declares ft-core >=9" in str(
        broken.error
    )


@pytest.mark.parametrize(
    "wanted",
    [
        (),
        ("rich>=99", "ft-core-tools>=9", "ft_corex>=9", "not a requirement !!"),
        ("ft-core",),
        ("ft-core>=0.1,<0.2",),
        ("ft.core~=0.1.0",),
        ("ft-core>=9; python_version < '3'", "ft-core>=9; extra == 'later'"),
    ],
)
def test_a_range_that_holds_this_version_or_does_not_apply_is_no_trouble(wanted: tuple[str, ...]) -> None:
    check_range(entry(*wanted), "0.1.0")


@pytest.mark.parametrize(("version", "fits"), [("0.1.0", True), ("0.1.1rc1", True), ("0.2.0", False), ("0.2.0.dev1", False)])
def test_a_version_before_its_release_counts_as_the_release_that_it_leads_to(version: str, fits: bool) -> None:
    if fits:
        check_range(entry("ft-core>=0.1,<0.2"), version)
    else:
        with pytest.raises(VersionRangeError, match=f"and this is ft-core {version}"):
            check_range(entry("ft-core>=0.1,<0.2"), version)


def test_a_range_that_cannot_be_read_is_refused() -> None:
    with pytest.raises(VersionRangeError, match=r"'ft-core >> 1' in its metadata cannot be read \("):
        check_range(entry("ft-core >> 1"))
