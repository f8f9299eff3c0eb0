"""The README's picture: a command on the sample tales and what it prints, drawn as a terminal.

    python docs/_tools/terminal_picture.py

runs the command and writes the picture anew. A test compares the picture with what the command prints now.
"""

from __future__ import annotations

import shlex
import subprocess
import sys
import tempfile
from html import escape
from pathlib import Path

from repository_link import ROOT

__all__ = ["COMMAND", "PICTURE", "draw", "run"]

COMMAND = "ft-core prepare --data-dir tales --output-dir prepared --steps character action event_type"
PICTURE = ROOT / "docs" / "images" / "prepare.svg"

_LETTER, _LINE, _MARGIN, _BAR = 7.6, 19, 20, 34  # pixels
_HEAD = """\
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}" role="img" aria-label="{label}">
<style>
  text {{ font: 12.6px ui-monospace, "DejaVu Sans Mono", Menlo, Consolas, monospace; fill: #d7dee6; white-space: pre; }}
  .command {{ fill: #9fd08c; }}
  .head {{ fill: #ffffff; font-weight: 600; }}
</style>
<rect width="{width:g}" height="{height:g}" rx="8" fill="#18222d"/>
<circle cx="20" cy="18" r="5" fill="#e0664f"/>
<circle cx="37" cy="18" r="5" fill="#e0a43a"/>
<circle cx="54" cy="18" r="5" fill="#6aa84f"/>
"""


def run() -> str:
    """Run the command beside the sample tales and return what it prints, messages last."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "tales").symlink_to(ROOT / "core" / "ft_core" / "samples")
        words = [sys.executable, "-m", "ft_core", *shlex.split(COMMAND)[1:]]
        done = subprocess.run(words, cwd=folder, capture_output=True, text=True, check=True)
    return done.stdout + done.stderr


def draw(command: str, output: str) -> str:
    """Return a terminal as SVG; every line has the width of its letters, whatever font the reader's machine has."""
    lines = [f"$ {command}", *output.rstrip().splitlines()]
    width = max(map(len, lines)) * _LETTER + 2 * _MARGIN
    height = _BAR + len(lines) * _LINE + _MARGIN
    head = _HEAD.format(width=width, height=height, label=escape(f"{command} and what it prints"))
    return head + "".join(_draw_line(number, line) for number, line in enumerate(lines)) + "</svg>\n"


def _draw_line(number: int, line: str) -> str:
    if not line:
        return ""
    kind = "command" if number == 0 else "" if line.startswith(" ") else "head"
    shown = line.lstrip()
    x, y = _MARGIN + (len(line) - len(shown)) * _LETTER, _BAR + (number + 1) * _LINE
    place = f'x="{x:g}" y="{y:g}" textLength="{len(shown) * _LETTER:g}" lengthAdjust="spacingAndGlyphs"'
    return f'<text class="{kind}" {place}>{escape(shown)}</text>\n'


if __name__ == "__main__":
    PICTURE.write_text(draw(COMMAND, run()), encoding="utf-8")
