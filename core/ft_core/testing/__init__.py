"""For the tests of steps: the contract kit, and fixtures for pytest.

``assert_step("moral")`` in a test holds the step against its contract; ``check_step`` returns the findings instead. The
fixtures ``step``, ``story`` and ``tiny_model`` come with the pytest plugin of ft-core, which is there once ft-core is installed.
"""

from __future__ import annotations

from ft_core.step import Step
from ft_core.testing.contract import CHECKS, assert_step, check_installed, check_step
from ft_core.testing.finding import Finding

__all__ = ["CHECKS", "Finding", "Step", "assert_step", "check_installed", "check_step"]
