"""``narrow_schema``: which answers one question can have."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ft_core.errors import HookFailedError, HookResultError
from ft_core.step import Step, load_steps
from tests.distributions import write_extension, write_step

HOOK = "@hookimpl\ndef narrow_schema(schema, inputs):\n    {}\n"
INPUTS = {"segment": "Go.", "known": ["Ali"]}


def moral(site: Path, body: str = "") -> Step:
    write_step(site, "moral", extra=HOOK.format(body) if body else "")
    return load_steps([str(site)]).get("moral")


def test_a_question_is_narrowed_by_what_is_shown_and_the_next_one_begins_anew(site: Path) -> None:
    step = moral(site, "schema['properties']['moral']['enum'] = inputs['known']; return schema")
    narrowed = step.narrow_schema(INPUTS)
    assert narrowed is not None
    assert narrowed["properties"] == {"moral": {"type": "string", "enum": ["Ali"]}}
    assert step.info.output_schema["properties"] == {"moral": {"type": "string"}}
    assert step.validate_output({"moral": "Wolf"}, INPUTS) == [], "what an answer is worth does not depend on it"


@pytest.mark.parametrize("body", ["", "return None", "return schema", "return {}", "schema['properties'] = {}; return None"])
def test_what_narrows_nothing_is_the_output_schema(site: Path, body: str) -> None:
    assert moral(site, body).narrow_schema(INPUTS) is None


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ("return ['Ali']", "answered a list; it must return a dict."),
        (
            "return {'type': 'text'}",
            "gave a schema that cannot be used: it is not a JSON Schema 2020-12 of an object: $.type: ",
        ),
        (
            "return {'type': 'object'}",
            "gave a schema that cannot be used: $ says nothing of 'properties', as output_schema does.",
        ),
        ("schema['required'] = []; return schema", "gave a schema that cannot be used: $.required is [], and ['moral'] in"),
    ],
)
def test_a_schema_that_cannot_be_used_names_the_step_and_its_provider(site: Path, body: str, told: str) -> None:
    with pytest.raises(HookResultError) as caught:
        moral(site, body).narrow_schema(INPUTS)
    assert str(caught.value).startswith(f"Step 'moral': hook 'narrow_schema' of acme-moral 1.0 {told}")


def test_a_hook_that_fails_is_told_as_any_other(site: Path) -> None:
    with pytest.raises(
        HookFailedError, match=r"^Step 'moral': hook 'narrow_schema' of acme-moral 1.0 raised KeyError: 'doers'"
    ):
        moral(site, "return inputs['doers']").narrow_schema(INPUTS)


def test_an_extension_may_narrow_further(site: Path) -> None:
    write_extension(
        site,
        "short",
        """
    @hookimpl(wrapper=True)
    def narrow_schema(schema):
        narrowed: object = (yield) or schema
        narrowed["properties"]["moral"]["maxLength"] = 9
        return narrowed
    """,
    )
    narrowed: Any = moral(site).narrow_schema(INPUTS)
    assert narrowed["properties"]["moral"] == {"type": "string", "maxLength": 9}
