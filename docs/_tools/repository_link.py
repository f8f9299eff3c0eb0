"""Links of the pages as they stand in the repository, and what they are on the site.

In the repository a page links to what lies beside it: ``../plugins/stac/README.md``. The site holds those READMEs as pages,
and other files of the repository that a page links to as text files below ``source/``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from posixpath import normpath, relpath

__all__ = ["ROOT", "find_links", "find_site_path", "list_outer_pages", "rewrite_links"]

ROOT = Path(__file__).resolve().parents[2]

_PAGES = {"README.md": "index.md", "CHANGELOG.md": "changelog.md", "CONTRIBUTING.md": "contributing.md"}
_FENCE = re.compile(r"^([ >]*)(```+|~~~+).*?^\1\2[ ]*$", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"(?P<head>\]\(|src=\")(?P<target>[^)\s\"#:]+)(?P<tail>(?:#[^)\s\"]*)?[)\"])")
_SHOWN_BY_BROWSERS = {".html", ".json", ".png", ".svg", ".txt"}


def list_outer_pages() -> dict[str, str]:
    """Return the pages of the site that lie outside ``docs``: their paths in the repository, and on the site."""
    readmes = [path.relative_to(ROOT).as_posix() for path in sorted(ROOT.glob("plugins/*/README.md"))]
    examples = [path.relative_to(ROOT).as_posix() for path in sorted(ROOT.glob("examples/plugins/*/README.md"))]
    return _PAGES | {path: find_site_path(path) for path in readmes + examples}


def find_site_path(path: str) -> str:
    """Return where a file of the repository is on the site.

    >>> find_site_path("docs/data.md"), find_site_path("plugins/stac/README.md"), find_site_path("core/ft_core/step.py")
    ('data.md', 'steps/stac.md', 'source/core/ft_core/step.py.txt')
    """
    place = PurePosixPath(path)
    if path in _PAGES:
        return _PAGES[path]
    if place.parts[0] == "docs":
        return str(PurePosixPath(*place.parts[1:]))
    if place.name == "README.md" and place.parts[0] in {"plugins", "examples"}:
        folder = "steps" if place.parts[0] == "plugins" else "examples"
        return f"{folder}/{place.parent.name}.md"
    return f"source/{place}" if place.suffix in _SHOWN_BY_BROWSERS else f"source/{place}.txt"


def find_links(markdown: str, page: str) -> Iterator[str]:
    """Yield the paths in the repository that a page links to, itself named by its path there."""
    prose = [text for is_fence, text in _split_at_fences(markdown) if not is_fence]
    for match in _LINK.finditer("".join(prose)):
        yield _resolve(page, match["target"])


def rewrite_links(markdown: str, page: str) -> str:
    """Turn a page's links into those of the site; blocks of code stay as they are."""
    here = str(PurePosixPath(find_site_path(page)).parent)

    def rewrite(match: re.Match[str]) -> str:
        target = _resolve(page, match["target"])
        if not (ROOT / target).exists():
            return match[0]  # mkdocs tells of it
        return f"{match['head']}{relpath(find_site_path(target), here)}{match['tail']}"

    return "".join(text if is_fence else _LINK.sub(rewrite, text) for is_fence, text in _split_at_fences(markdown))


def _resolve(page: str, target: str) -> str:
    """Return a link's target as a path in the repository; a folder is its README."""
    path = normpath(f"{PurePosixPath(page).parent}/{target}")
    return f"{path}/README.md" if (ROOT / path / "README.md").is_file() else path


def _split_at_fences(markdown: str) -> Iterator[tuple[bool, str]]:
    end = 0
    for fence in _FENCE.finditer(markdown):
        yield False, markdown[end : fence.start()]
        yield True, fence[0]
        end = fence.end()
    yield False, markdown[end:]
