from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from ft_core.cli import main
from ft_core.config import FineTuneConfig, make_config
from ft_core.corpus.preparation import Preparation
from ft_core.corpus.preparing import prepare
from ft_core.corpus.training_data import SPLITS
from ft_core.engine.chat import Chat
from ft_core.engine.rows import make_rows
from ft_core.engine.token_length import TokenRuler
from ft_core.errors import BaseModelError
from ft_core.step import load_steps
from tests.engine.bases import NO_SYSTEM, byte_level, chatml_tokenizer, save_base, sentence_pieces
from tests.tales import make_event, make_tale, write_tale

STEPS = ("instrument", "action", "stac")
Measured = dict[str, dict[str, Any]]


@pytest.fixture(scope="module")
def tales(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Tales in two languages, none of which has a STAC record."""
    folder = tmp_path_factory.mktemp("measured") / "tales"
    for number in range(8):
        text = (
            "昔々、あるところに、狐がいました。" * (number + 1)
            if number % 2
            else "Once a fox lived by a river. " * (3 * number + 1)
        )
        span = {"start": 0, "end": len(text), "text": text}
        write_tale(folder, make_tale(f"tale{number}", narrative_events=[make_event(1, text_span=span), make_event(2), None]))
    return folder


@pytest.fixture
def preparation(tales: Path) -> Iterator[Preparation]:
    config = make_config({"leaks": "off", "seed": 1})
    with prepare([tales], load_steps().select(STEPS), config, keep_examples=True) as made:
        yield made


@pytest.fixture
def measured(preparation: Preparation, tiny_llama: Path) -> Measured:
    return TokenRuler(str(tiny_llama)).measure(preparation)


def list_lengths(preparation: Preparation, step: str, chat: Chat) -> list[tuple[int, int]]:
    """Return the lengths of prompt and answer that training gives the examples, without the EOS."""
    texts = [example.as_text() for split in SPLITS for example in preparation.list_examples(step, split)]
    rows = make_rows(chat, step, texts, FineTuneConfig(), None).rows
    return [(row.prompt_length, row.trained - 1) for row in rows]


def check_lengths(told: dict[str, float], lengths: Sequence[int]) -> None:
    ordered = sorted(lengths)
    assert (told["min"], told["max"]) == (ordered[0], ordered[-1])
    assert told["mean"] == pytest.approx(sum(ordered) / len(ordered), abs=0.051)
    assert sum(length < told["median"] for length in ordered) <= len(ordered) / 2
    assert sum(length > told["median"] for length in ordered) <= len(ordered) / 2
    assert told["p95"] in ordered
    assert sum(length <= told["p95"] for length in ordered) >= 0.95 * len(ordered)
    assert sum(length < told["p95"] for length in ordered) < 0.95 * len(ordered)


def test_lengths_are_those_of_the_rows_of_training(preparation: Preparation, measured: Measured, tiny_llama: Path) -> None:
    for step in ("instrument", "action"):
        lengths = list_lengths(preparation, step, Chat(chatml_tokenizer()))
        assert len(lengths) == 16
        check_lengths(measured[step]["prompt"], [prompt for prompt, _ in lengths])
        check_lengths(measured[step]["answer"], [answer for _, answer in lengths])
        assert measured[step]["row_max"] == max(prompt + answer + 1 for prompt, answer in lengths)
        assert measured[step]["model"] == tiny_llama.name


@pytest.mark.parametrize("kind", ["merged system", "sentence pieces"])
def test_lengths_are_those_of_training_with_other_templates_too(preparation: Preparation, tmp_path: Path, kind: str) -> None:
    marks = {"bos_token": "<s>", "eos_token": "<end_of_turn>"}
    specials = ["<s>", "<start_of_turn>", "<end_of_turn>"]
    tokenizer = (
        byte_level(specials, NO_SYSTEM, eos="<end_of_turn>", bos_token="<s>")  # noqa: S106
        if kind == "merged system"
        else sentence_pieces(specials, NO_SYSTEM, scheme="never", **marks)
    )
    measured = TokenRuler(str(save_base(tmp_path / "base", tokenizer=tokenizer))).measure(preparation)
    lengths = list_lengths(preparation, "action", Chat(tokenizer))
    check_lengths(measured["action"]["prompt"], [prompt for prompt, _ in lengths])


def test_the_static_share_is_what_all_prompts_begin_with(preparation: Preparation, measured: Measured) -> None:
    chat = Chat(chatml_tokenizer())
    for step in ("instrument", "action"):
        examples = [example for split in SPLITS for example in preparation.list_examples(step, split)]
        ids = [chat.prompt_ids(example.as_text().prompt) for example in examples]
        mean = sum(map(len, ids)) / len(ids)
        static = next(place for place, column in enumerate(zip(*ids, strict=False)) if len({*column}) > 1)
        assert measured[step]["static_share"] == pytest.approx(static / mean, abs=0.001)
        assert 0.3 < measured[step]["static_share"] < 1


def test_the_histogram_holds_every_prompt_once_between_its_edges(preparation: Preparation, measured: Measured) -> None:
    for step in ("instrument", "action"):
        edges, counts = measured[step]["histogram"]["edges"], measured[step]["histogram"]["counts"]
        lengths = [prompt for prompt, _ in list_lengths(preparation, step, Chat(chatml_tokenizer()))]
        assert len(edges) == len(counts) + 1 <= 25
        assert edges[0] <= min(lengths) < edges[1]
        assert edges[-2] <= max(lengths) < edges[-1]
        assert counts == [sum(low <= length < high for length in lengths) for low, high in pairwise(edges)]
        assert sum(counts) == 16


def test_a_step_without_rows_is_not_measured(measured: Measured) -> None:
    assert list(measured) == ["instrument", "action"]


def test_one_prompt_has_nothing_in_common_with_others(tmp_path: Path, tiny_llama: Path) -> None:
    write_tale(tmp_path / "tales", make_tale(events=1))
    with prepare([tmp_path / "tales"], load_steps().select(["action"]), make_config({"leaks": "off"})) as preparation:
        told = TokenRuler(str(tiny_llama)).measure(preparation)["action"]
    assert told["static_share"] == 0
    assert told["prompt"]["min"] == told["prompt"]["median"] == told["prompt"]["p95"] == told["prompt"]["max"]
    assert told["histogram"]["counts"] == [1]


def test_examples_that_balance_leaves_out_are_not_measured(tmp_path: Path, tiny_llama: Path) -> None:
    write_tale(
        tmp_path / "tales", make_tale(narrative_events=[make_event(1), *(make_event(n, instrument="") for n in range(2, 9))])
    )
    config = make_config({"leaks": "off", "balance": 0.5})
    with prepare([tmp_path / "tales"], load_steps().select(["instrument"]), config) as preparation:
        assert sum(TokenRuler(str(tiny_llama)).measure(preparation)["instrument"]["histogram"]["counts"]) == 2


def test_the_command_writes_the_lengths_into_the_report(
    tales: Path, tiny_llama: Path, measured: Measured, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    flags = ["--leaks", "off", "--seed", "1", "--steps", *STEPS]
    assert (
        main(["prepare", "--data-dir", str(tales), "--output-dir", str(tmp_path), "--model-name", str(tiny_llama), *flags]) == 0
    )
    steps = json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))["steps"]
    assert {name: step["tokens"] for name, step in steps.items()} == measured | {"stac": None}
    assert f"tokens of {measured['action']['model']}" in capsys.readouterr().out


def test_a_base_model_that_is_not_there_is_told_before_any_tale_is_read(tmp_path: Path) -> None:
    flags = [
        "--data-dir",
        str(tmp_path / "none"),
        "--output-dir",
        str(tmp_path / "out"),
        "--model-name",
        str(tmp_path / "nowhere"),
    ]
    with pytest.raises(BaseModelError, match="nowhere"):
        TokenRuler(str(tmp_path / "nowhere"))
    assert main(["prepare", *flags]) == 1
    assert not (tmp_path / "out").exists()
