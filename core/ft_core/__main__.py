"""``python -m ft_core`` is ``ft-core``."""

from __future__ import annotations

import sys

from ft_core.cli import main

__all__ = ["main"]

if __name__ == "__main__":
    sys.exit(main())
