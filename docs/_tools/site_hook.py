"""What mkdocs calls while it builds the site: pages from outside ``docs``, links between them, and generated sections."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from generated_section import fill_sections
from repository_link import ROOT, find_links, find_site_path, list_outer_pages, rewrite_links

if TYPE_CHECKING:
    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.structure.files import Files
    from mkdocs.structure.pages import Page


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the READMEs as pages, and every file of the repository that a page links to."""
    from mkdocs.structure.files import File

    outer = list_outer_pages()
    pages = [f"docs/{file.src_uri}" for file in files.documentation_pages()] + list(outer)
    linked = {path: find_site_path(path) for page in pages for path in find_links(_read(page), page)}
    for path, place in sorted((outer | linked).items()):
        if (ROOT / path).is_file() and files.get_file_from_path(place) is None:
            files.append(File.generated(config, place, abs_src_path=str(ROOT / path)))
    return files


def on_page_markdown(markdown: str, page: Page, **_: Any) -> str:
    """Fill in the generated sections, and turn links of the repository into links of the site."""
    path = Path(str(page.file.abs_src_path)).relative_to(ROOT).as_posix()
    return fill_sections(rewrite_links(markdown, path))


def _read(page: str) -> str:
    return (ROOT / page).read_text(encoding="utf-8")
