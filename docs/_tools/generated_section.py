"""Sections of the pages that are made of the code, so that they cannot fall behind it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from hook_reference import describe_hooks
from setting_reference import describe_settings
from step_reference import describe_steps

__all__ = ["SECTIONS", "fill_sections"]

SECTIONS: Mapping[str, Callable[[], str]] = {
    "hooks": describe_hooks,
    "settings": describe_settings,
    "steps": describe_steps,
}
"""What stands for ``<!-- generated: NAME -->`` in a page."""

_MARK = re.compile(r"^<!-- generated: (\w+) -->$", re.MULTILINE)


def fill_sections(markdown: str) -> str:
    """Put the generated sections into a page.

    Raises:
        KeyError: a page asks for a section that is not there.
    """
    return _MARK.sub(lambda match: SECTIONS[match[1]](), markdown)
