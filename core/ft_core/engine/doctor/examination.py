"""All checks, in the order in which they are told."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from ft_core.engine.doctor.embedded_base import check_embedded_model
from ft_core.engine.doctor.environment_variable import check_network_flags, check_surprises
from ft_core.engine.doctor.finding import Check, Finding, run_check
from ft_core.engine.doctor.folder import check_folders
from ft_core.engine.doctor.gpu import check_gpu
from ft_core.engine.doctor.installed_step import check_steps
from ft_core.engine.doctor.library import check_libraries, check_python, check_torchvision
from ft_core.engine.doctor.processor import check_processor
from ft_core.engine.doctor.training_path import check_training_path
from ft_core.engine.doctor.unsloth_import import check_unsloth_import

__all__ = ["Examination", "examine"]


@dataclass(frozen=True, slots=True)
class Examination:
    """What all checks found.

    Attributes:
        groups: the findings of each group, by its title.
    """

    groups: Mapping[str, tuple[Finding, ...]]

    def count(self, status: str) -> int:
        """Return how many findings have a status."""
        return sum(finding.status == status for group in self.groups.values() for finding in group)


def examine(output_dir: Path, *, imports_unsloth: bool = False) -> Examination:
    """Run all checks; none of them can fail the others.

    Args:
        output_dir: where adapters would go.
        imports_unsloth: whether Unsloth is to be imported too, which takes 6 to 14 seconds on two cores.
    """
    checks = _list_checks(output_dir, imports_unsloth)
    return Examination({title: tuple(each for check in group for each in run_check(check)) for title, group in checks})


def _list_checks(output_dir: Path, imports_unsloth: bool) -> Iterator[tuple[str, tuple[Check, ...]]]:
    def check_the_folders() -> Iterator[Finding]:
        return check_folders(output_dir)

    # The variables first: importing the stack sets some of them.
    yield "environment", (check_network_flags, check_surprises)
    yield "python and libraries", (check_python, check_libraries, check_torchvision)
    yield "gpu", (check_gpu,)
    yield "machine", (check_processor,)
    yield "how training would run", (check_training_path, *((check_unsloth_import,) if imports_unsloth else ()))
    yield "embedded base model", (check_embedded_model,)
    yield "folders", (check_the_folders,)
    yield "steps", (check_steps,)
