"""The extension ``full_detection`` of ft-core: the six steps ask with the prompts of the users' own pipeline.

Its module with prompts is imported, never modified or copied; without one the extension does nothing.
"""

from __future__ import annotations

__all__: list[str] = []
