from __future__ import annotations

from typing import NoReturn

import pytest

from ft_core.engine.doctor import unsloth_import
from ft_core.engine.doctor.unsloth_import import check_unsloth_import
from ft_core.errors import EngineMissingError


def test_a_stack_that_is_there_but_broken_is_a_problem_with_both_install_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(device: str) -> NoReturn:
        raise EngineMissingError("unsloth cannot be imported: No module named 'PIL'.\nInstall it.")

    monkeypatch.setattr(unsloth_import, "import_unsloth", fail)
    (found,) = check_unsloth_import()
    assert (found.status, found.text) == ("problem", "unsloth cannot be imported: No module named 'PIL'. Install it.")
    assert found.remedy.startswith('pip install "ft-core[train]" && pip install --no-deps unsloth==')
