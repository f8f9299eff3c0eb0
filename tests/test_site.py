"""The documentation site: complete, strict, and at peace with a machine that has no network."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest

from tests.doc_page import ROOT

ADDRESSES = {"script": "src", "link": "href", "img": "src", "iframe": "src", "source": "src", "object": "data", "video": "src"}
"""What a browser fetches by itself when it opens a page."""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    words = [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", str(folder)]
    quiet = os.environ | {"NO_MKDOCS_2_WARNING": "1"}
    done = subprocess.run(words, cwd=ROOT, env=quiet, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return folder


class Fetched(HTMLParser):
    """Gathers what a page makes a browser fetch."""

    def __init__(self, page: Path) -> None:
        super().__init__()
        self.found: list[str] = []
        self.feed(page.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [value for name, value in attrs if name == ADDRESSES.get(tag) and value]


def test_no_page_fetches_anything_from_another_machine(site: Path) -> None:
    fetched = [address for page in site.rglob("*.html") for address in Fetched(page).found]
    fetched += [
        address for sheet in site.rglob("*.css") for address in re.findall(r"url\(['\"]?([^)'\"]+)", sheet.read_text("utf-8"))
    ]
    assert len(fetched) > 100, "the pages are not those that are meant"
    assert [address for address in fetched if re.match(r"(\w+:)?//", address)] == []


def test_what_a_page_fetches_is_there(site: Path) -> None:
    missing = [
        f"{page.name}: {address}"
        for page in site.rglob("*.html")
        if page.name != "404.html"  # its addresses are those of a server
        for address in Fetched(page).found
        if not address.startswith("data:") and not (page.parent / address.partition("?")[0]).exists()
    ]
    assert missing == []


def test_every_page_of_the_folder_is_in_the_site_and_can_be_searched(site: Path) -> None:
    index = (site / "search" / "search_index.js").read_text(encoding="utf-8")
    for page in (ROOT / "docs").glob("*.md"):
        assert (site / f"{page.stem}.html").exists()
        assert f'"location":"{page.stem}.html"' in index


def test_the_search_of_a_page_opened_from_a_folder_needs_no_web_worker(site: Path) -> None:
    page = (site / "index.html").read_text(encoding="utf-8")
    assert 0 < page.index("javascripts/iframe-worker.js") < page.index("assets/javascripts/bundle.")


@pytest.mark.parametrize("step", sorted(path.parent.name for path in ROOT.glob("plugins/*/README.md")))
def test_a_plugin_has_its_page(site: Path, step: str) -> None:
    assert f"ft-{step.replace('_', '-')}" in (site / "steps" / f"{step}.html").read_text(encoding="utf-8")


def test_no_generated_section_is_left_empty(site: Path) -> None:
    assert [page.name for page in site.rglob("*.html") if "generated: " in page.read_text(encoding="utf-8")] == []
