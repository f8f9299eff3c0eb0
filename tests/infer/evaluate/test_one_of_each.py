"""Where there is one of a thing, the evaluation says so in the singular: while it works, on a terminal, and on its page."""

from __future__ import annotations

import re
from io import StringIO
from pathlib import Path
from typing import Any

from ft_core.infer.evaluate.option import EvaluationOptions
from ft_core.infer.evaluate.run import PAGE, evaluate_run
from ft_core.infer.evaluate.summary import print_results
from tests.infer.evaluate.standing import GoldAnswerer, opener, save_run
from tests.tales import make_event, make_tale, write_tale

_ONE_OF_MANY = re.compile(r"(?<![\d.,])1 (?:\w+ )?(?:answers|cases|examples|others|prompts|tales)\b")
_TAG = re.compile(r"<[^>]*>")


def evaluate_one_tale(folder: Path) -> tuple[dict[str, Any], list[str]]:
    """Measure on one event of one tale what one event of another was learnt from, and return results and what was said."""
    for name, segment in (("ant", "An ant fell into a spring."), ("bee", "A bee stung a bear.")):
        source = {"language": "en", "type": "full_text", "reference_uri": "", "text_content": segment}
        event = make_event(1, text_span={"start": 0, "end": len(segment), "text": segment})
        write_tale(folder / "tales", make_tale(name, source_info=source, narrative_events=[event]))
    held = folder / "test.txt"
    held.write_text("bee", encoding="utf-8")
    settings: dict[str, Any] = {"test_tales": str(held), "val_fraction": 0.0, "leaks": "off"}
    run = save_run(folder / "run", folder / "tales", ["action"], **settings)
    said: list[str] = []
    chosen = EvaluationOptions(pipeline=False, resamples=10, limit=1)
    open_run = opener(GoldAnswerer({}, spoil=lambda *asked: "", base=lambda *asked: ""))
    return evaluate_run(run, chosen, report_dir=folder / "report", open_run=open_run, say=said.append), said


def test_one_of_each_is_told_in_the_singular(tmp_path: Path) -> None:
    results, said = evaluate_one_tale(tmp_path)
    stream = StringIO()
    print_results(results, stream)
    page = " ".join(_TAG.sub(" ", (tmp_path / "report" / PAGE).read_text(encoding="utf-8")).split())
    told = stream.getvalue()
    assert said[0] == "action: base answers 1 prompt"
    assert "1 test tale of run run, 1 other left out" in told
    assert "action: 1 case of 1 tale" in told
    assert "Each step was asked about at most 1 case." in told
    assert "type_macro_f1 1 gold case most frequent answer" in page
    assert "trained on 1 example valid answers" in page
    assert not [found.group() for text in (*said, told) for found in _ONE_OF_MANY.finditer(text)]
