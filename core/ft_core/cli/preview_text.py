"""A preview for people: the prompt, and its tokens by the part that they belong to, in colour or with marks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import Console
from rich.text import Text

from ft_core.example import name_place

if TYPE_CHECKING:
    from ft_core.engine.preview import Part, Preview, PreviewToken

__all__ = ["print_preview"]

_MEANINGS: dict[Part, str] = {
    "prefix": "what the prompts of all rows begin with",
    "material": "the rest of the prompt: read, not learnt",
    "trained": "the answer and the token that ends it: learnt",
}
_SHADES: dict[Part, tuple[str, str]] = {
    "prefix": ("color(231) on color(24)", "color(231) on color(31)"),
    "material": ("color(231) on color(237)", "color(231) on color(241)"),
    "trained": ("color(231) on color(22)", "color(231) on color(28)"),
}
"""Two shades a part, in turn, so that it can be seen where a token ends; with a text colour, for any terminal's own."""

_BETWEEN = "│"
_SPLIT = "▫"
_LINE_END = "⏎"
_PICTURES = {code: 0x2400 + code for code in range(32) if chr(code) not in "\t\n"} | {0x7F: 0x2421}
"""Control characters would move the cursor or do worse; Unicode has a picture of each."""


def print_preview(
    preview: Preview, split: str, rows: int, context: int | None, *, is_first: bool = True, color: bool = True
) -> None:
    """Print one row.

    Args:
        preview: the row.
        split: where it was found.
        rows: how many rows the step has there.
        context: the base model's context in tokens, None where it has no limit.
        is_first: whether the prompt and the legend are to be shown; the rows after it begin with the same prefix.
        color: whether colours may be used where the output is a terminal that has them.
    """
    console = Console(highlight=False, emoji=False, markup=False, no_color=not color or None)
    colored = console.color_system is not None and not console.no_color
    show = _Page(console, preview, colored=colored)
    show.head(split, rows, context)
    if is_first:
        show.prompt()
        show.legend()
    for part in _MEANINGS:
        show.part(part, folded=part == "prefix" and not is_first)
    show.line()


class _Page:
    """The lines of one row."""

    def __init__(self, console: Console, preview: Preview, *, colored: bool) -> None:
        self._console, self._preview, self._colored = console, preview, colored

    def line(self, text: str | Text = "", style: str = "") -> None:
        # A pipe gets the lines as they are; a terminal wraps them at words, and knows how wide a Chinese character is.
        end = "" if str(text).endswith("\n") else "\n"
        self._console.print(text, style=style, soft_wrap=not self._console.is_terminal, end=end)

    def head(self, split: str, rows: int, context: int | None) -> None:
        preview, total = self._preview, len(self._preview.tokens)
        self.line(f"Step {preview.step}, tale {name_place(preview.story, preview.event)}", style="bold")
        self.line(f"base model {preview.model}; one of {rows} rows in the split {split}; {total} tokens:")
        for part, meaning in _MEANINGS.items():
            count = preview.count(part)
            swatch = Text(f" {part:8} ", style=_SHADES[part][0] if self._colored else "")
            self.line(Text.assemble(" ", swatch, f" {count:5} tokens  {count / total:6.1%}  {meaning}"))
        if rows == 1:
            self.line("There is only one row, so its whole prompt is the prefix; with more tales it is shorter.")
        if context is not None and total > context:
            self.line(f"The row is longer than the base model's context of {context} tokens: training refuses it, or skips it")
            self.line("with --too-long skip.")

    def prompt(self) -> None:
        self._title("the prompt, as the base model's chat template renders it")
        self.line(self._preview.rendered.translate(_PICTURES))

    def legend(self) -> None:
        between = "each token has a shade of its own" if self._colored else f"{_BETWEEN} is between two tokens"
        control = "bold and underlined" if self._colored else "in ⟦ ⟧"
        self._title("the tokens")
        self.line(f"{between}; control tokens are {control};")
        self.line(f"{_LINE_END} ends a line; {_SPLIT} is a token that is only a piece of the character after it.")

    def part(self, part: Part, *, folded: bool) -> None:
        tokens = [token for token in self._preview.tokens if token.part == part]
        self._title(f"{part}: {len(tokens)} tokens" + (", the same as above" if folded else ""))
        if tokens and not folded:
            self.line(self._paint(tokens, part) if self._colored else Text(_BETWEEN.join(map(_mark, tokens))))

    def _title(self, title: str) -> None:
        self.line()
        self.line(f"--- {title} ---", style="bold")

    def _paint(self, tokens: list[PreviewToken], part: Part) -> Text:
        painted = Text()
        for place, token in enumerate(tokens):
            shade = _SHADES[part][place % 2]
            painted.append(_show(token), style=f"{shade} bold underline" if token.control else shade)
        return painted


def _mark(token: PreviewToken) -> str:
    return f"⟦{_show(token)}⟧" if token.control else _show(token)


def _show(token: PreviewToken) -> str:
    text = token.text.translate(_PICTURES).replace("\n", f"{_LINE_END}\n").replace("\t", "⇥\t")
    return text or _SPLIT
