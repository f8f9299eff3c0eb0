from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from ft_core import Prompt
from ft_core.errors import HookResultError
from ft_core.infer.asking import ask_step
from ft_core.infer.reply import Reply
from ft_core.step import Step, load_steps
from tests.distributions import write_step
from tests.infer.constrain.test_grammar import make_cache

HOOK = "@hookimpl\ndef narrow_schema(schema, inputs):\n    {}\n"
SHOWN = [{"segment": segment, "known": []} for segment in ("Go.", "Stay.")]


class Recorder:
    """Starts the grammar of each question, notes how it was asked, and says ``Go.``."""

    def __init__(self, step: Step) -> None:
        self.step, self.calls = step, list[dict[str, Any]]()

    def ask(self, step: str, prompts: Sequence[Prompt], **how: Any) -> list[Reply]:
        self.calls.append(how)
        for schema in how["schemas"] or []:
            make_cache("byte_level")[1].start(step, self.step.info.output_schema, schema)
        return [Reply('{"moral": "Go."}') for _ in prompts]


def moral(site: Path, body: str) -> Step:
    write_step(site, "moral", extra=HOOK.format(body))
    return load_steps([str(site)]).get("moral")


def test_each_question_goes_with_its_own_schema(site: Path) -> None:
    step = moral(site, "schema['properties']['moral'] = {'const': inputs['segment']}; return schema")
    answerer = Recorder(step)
    assert [each.output for each in ask_step(step, SHOWN, answerer)] == [{"moral": "Go."}] * 2
    ((first, second),) = (call["schemas"] for call in answerer.calls)
    assert [each["properties"]["moral"] for each in (first, second)] == [{"const": "Go."}, {"const": "Stay."}]


def test_without_constraint_nobody_asks_how_it_is_narrowed(site: Path) -> None:
    step = moral(site, "raise KeyError")
    answerer = Recorder(step)
    assert len(ask_step(step, SHOWN, answerer, adapter=False, constrained=False)) == 2
    assert answerer.calls == [{"adapter": False, "constrained": False, "schemas": None, "on_answered": None}]


def test_nothing_to_ask_asks_nobody(site: Path) -> None:
    step = moral(site, "return None")
    answerer = Recorder(step)
    assert ask_step(step, [], answerer) == []
    assert answerer.calls == []


def test_a_schema_that_decoding_cannot_follow_is_told_as_the_hooks_fault(site: Path) -> None:
    step = moral(site, "schema['properties']['moral']['not'] = {}; return schema")
    with pytest.raises(HookResultError) as caught:
        ask_step(step, SHOWN, Recorder(step))
    assert str(caught.value).startswith(
        "Step 'moral': hook 'narrow_schema' of acme-moral 1.0 gave a schema that cannot be used: Step 'moral': constrained "
        "decoding cannot follow a schema that its hook 'narrow_schema' gave: Unimplemented keys"
    )
