"""The check that takes long: really importing the training stack."""

from __future__ import annotations

import time
from collections.abc import Iterator

from ft_core.engine.device import find_device
from ft_core.engine.doctor.finding import Finding
from ft_core.engine.unsloth_stack import INSTALL_LINES, import_unsloth
from ft_core.errors import TrainingError

__all__ = ["check_unsloth_import"]


def check_unsloth_import() -> Iterator[Finding]:
    """Import Unsloth for the device that training would take, with all that it patches."""
    began = time.monotonic()
    try:
        import_unsloth(find_device("auto"))
    except TrainingError as error:
        yield Finding("import", "problem", " ".join(str(error).split()), " && ".join(INSTALL_LINES.splitlines()))
    else:
        yield Finding("import", "ok", f"Unsloth can be imported ({time.monotonic() - began:.0f} s)")
