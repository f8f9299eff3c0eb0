from __future__ import annotations

import json
import math
from typing import Any

import numpy as np
import pytest
import torch

from ft_core.errors import InferenceError
from ft_core.infer.constrain.grammar import GrammarCache
from ft_core.infer.generate import generating_answerer
from ft_core.infer.generate.batch_plan import BatchLimit
from ft_core.infer.generate.prefix import PrefixStore
from ft_core.infer.generate.row_batch import RowBatch
from ft_core.infer.judgement import judge
from ft_core.prompt import Prompt
from tests.infer.models import NAMES, generate_alone, make_answerer, make_model, make_prompts, make_sliding_model
from tests.plugins.asking import get_step

CAP = 24


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64], ids=str)
@pytest.mark.parametrize("kind", ["llama", "qwen2"])
def test_a_batch_answers_as_transformers_does_one_at_a_time_without_a_cache(kind: str, dtype: torch.dtype) -> None:
    model, chat = make_model(kind, dtype)
    prompts = make_prompts(9)
    answerer = make_answerer(model, chat, CAP)
    for name in NAMES:
        texts = [reply.text for reply in answerer.ask(name, prompts, constrained=False)]
        model.set_adapter(name)
        assert texts == [generate_alone(model, chat, prompt, CAP, use_cache=False) for prompt in prompts]
    alone = [reply.text for reply in answerer.ask(NAMES[0], prompts, adapter=False, constrained=False)]
    with model.disable_adapter():
        assert alone == [generate_alone(model, chat, prompt, CAP, use_cache=True) for prompt in prompts]
    assert alone != texts


def test_a_model_with_windows_and_another_attention_is_asked_without_a_shared_beginning() -> None:
    model, chat = make_sliding_model("mistral", 16, torch.float32, attention="eager")
    prompts = make_prompts(6)
    texts = [reply.text for reply in make_answerer(model, chat, CAP).ask(NAMES[0], prompts, constrained=False)]
    assert texts == [generate_alone(model, chat, prompt, CAP, use_cache=False) for prompt in prompts]


def test_a_model_with_another_attention_is_asked_without_a_shared_beginning() -> None:
    model, chat = make_model("llama", torch.float32, context=2048)  # in 64 bits eager attention to what pads is no number
    prompts = make_prompts(6)
    expected = [reply.text for reply in make_answerer(model, chat, CAP).ask(NAMES[0], prompts)]
    model.get_base_model().set_attn_implementation("eager")
    assert [reply.text for reply in make_answerer(model, chat, CAP).ask(NAMES[0], prompts)] == expected
    assert model.config._attn_implementation == "eager"
    model.get_base_model().set_attn_implementation("sdpa")


@pytest.mark.parametrize("limit", [BatchLimit(1, 10_000), BatchLimit(3, 10_000), BatchLimit(64, 300), BatchLimit(64, 10_000)])
def test_answers_do_not_depend_on_how_prompts_are_batched_and_come_in_their_order(limit: BatchLimit) -> None:
    model, chat = make_model()
    prompts = make_prompts(9)
    answerer = make_answerer(model, chat, CAP, limit=limit)
    for constrained in (True, False):
        replies = answerer.ask(NAMES[0], prompts, constrained=constrained)
        for prompt, reply in zip(prompts, replies, strict=True):
            (alone,) = make_answerer(model, chat, CAP).ask(NAMES[0], [prompt], constrained=constrained)
            assert (reply.text, reply.ended) == (alone.text, alone.ended)
            assert reply.confidence == pytest.approx(alone.confidence)


def test_the_shared_beginning_is_computed_once(monkeypatch: pytest.MonkeyPatch) -> None:
    model, chat = make_model()
    prompts = make_prompts(8)
    answerer = make_answerer(model, chat, CAP)
    read: list[int] = []
    forward = type(model).forward

    def count(self: Any, **inputs: Any) -> Any:
        read.append(inputs["input_ids"].numel())
        return forward(self, **inputs)

    monkeypatch.setattr(type(model), "forward", count)
    first = answerer.ask(NAMES[0], prompts)
    ids = [chat.prompt_ids(prompt) for prompt in prompts]
    shared = next(at for at in range(len(ids[0])) if len({each[at] for each in ids}) > 1)
    assert read[:2] == [1, shared], "one token to see whether the model can share, then what is shared"
    before = len(read)
    assert answerer.ask(NAMES[0], prompts[::-1]) == first[::-1]
    assert read[before] < sum(len(each) - shared for each in ids), "nothing is read before the first batch"


def test_confidence_is_the_geometric_mean_of_the_probabilities_among_all_tokens() -> None:
    model, chat = make_model()
    (prompt,) = make_prompts(1)
    (reply,) = make_answerer(model, chat, 6).ask(NAMES[0], [prompt], constrained=False)
    model.set_adapter(NAMES[0])
    ids = torch.tensor([chat.prompt_ids(prompt)])
    total = 0.0
    for _ in range(6):
        probabilities = model(input_ids=ids).logits[0, -1].softmax(-1)
        total += math.log(probabilities.max().item())
        ids = torch.cat([ids, probabilities.argmax()[None, None]], dim=1)
    assert reply.confidence == pytest.approx(math.exp(total / 6))


def test_tokens_that_the_constraint_forces_do_not_count_for_confidence() -> None:
    model, chat = make_model()
    schema = {"type": "object", "properties": {"是": {"enum": ["yes", "no"]}}, "required": ["是"]}
    schema["additionalProperties"] = False
    (prompt,) = make_prompts(1)
    (reply,) = make_answerer(model, chat, 40, dict.fromkeys(NAMES, schema)).ask(NAMES[0], [prompt])
    size = model.get_output_embeddings().weight.shape[0]
    grammars = GrammarCache(chat, size)
    matcher = grammars.start("step", schema)
    model.set_adapter(NAMES[0])
    ids, free, spelled = chat.prompt_ids(prompt), [], b""
    choice = len('{"是": "'.encode())  # where the first letter of yes or no comes
    while not matcher.is_stopped():
        bits = np.unpackbits(np.frombuffer(matcher.compute_bitmask(), np.uint8), bitorder="little")[:size].astype(bool)
        probabilities = model(input_ids=torch.tensor([ids])).logits[0, -1].softmax(-1).detach().numpy()
        ids.append(int(np.where(bits, probabilities, -1).argmax()))
        matcher.consume_token(ids[-1])
        before, spelled = len(spelled), spelled + grammars.vocabulary.decode_bytes(ids[-1:])
        if before <= choice < len(spelled):
            free.append(math.log(probabilities[ids[-1]]))
    assert json.loads(spelled)["是"] in {"yes", "no"}
    assert reply.ended
    assert len(free) == 1
    assert reply.confidence == pytest.approx(math.exp(free[0]))


def test_an_unconstrained_answer_is_cut_at_the_cap() -> None:
    model, chat = make_model()
    prompts = make_prompts(4)
    long, short = (make_answerer(model, chat, cap).ask(NAMES[0], prompts, constrained=False) for cap in (12, 3))
    for more, less in zip(long, short, strict=True):
        assert more.text.startswith(less.text.rstrip("\ufffd"))
        assert not less.ended


def test_it_is_told_whenever_a_batch_is_answered() -> None:
    model, chat = make_model()
    told: list[int] = []
    answerer = make_answerer(model, chat, 3, limit=BatchLimit(3, 10_000))
    answerer.ask(NAMES[0], make_prompts(7), constrained=False, on_answered=told.append)
    assert told == [3, 3, 1]


@pytest.mark.parametrize("cap", [3, 40])
def test_a_question_may_have_a_limit_of_its_own(cap: int) -> None:
    model, chat = make_model()
    prompts = make_prompts(3)
    replies = make_answerer(model, chat, 12).ask(NAMES[0], prompts, constrained=False, max_new_tokens=cap)
    assert replies == make_answerer(model, chat, cap).ask(NAMES[0], prompts, constrained=False)
    assert [reply.text for reply in replies] != [r.text for r in make_answerer(model, chat, 12).ask(NAMES[0], prompts)]


def test_a_prompt_without_room_for_an_answer_gets_a_reply_that_says_so_and_the_others_are_answered() -> None:
    model, chat = make_model()
    prompts = [*make_prompts(2), Prompt("Label.", "fox " * 5000)]
    replies = make_answerer(model, chat, 8).ask(NAMES[0], [prompts[2], *prompts[:2]])
    assert replies[1:] == make_answerer(model, chat, 8).ask(NAMES[0], prompts[:2])
    judged = judge(get_step("action"), {}, replies[0])
    assert judged.output is None
    assert "tokens and leaves no room in the base model's context of 4096; divide the segment" in str(judged.problems[0])


def test_no_prompts_get_no_replies() -> None:
    assert make_answerer(*make_model(), 8).ask(NAMES[0], []) == []


def test_a_batch_that_is_too_large_for_the_memory_is_divided(monkeypatch: pytest.MonkeyPatch) -> None:
    model, chat = make_model()
    prompts = make_prompts(7)
    expected = make_answerer(model, chat, CAP).ask(NAMES[0], prompts)
    sizes: list[int] = []

    class SmallMemory(RowBatch):
        def begin(self) -> Any:
            sizes.append(len(self._ids))
            if sizes[-1] > 2:
                raise torch.OutOfMemoryError("CUDA out of memory")
            return super().begin()

    monkeypatch.setattr(generating_answerer, "RowBatch", SmallMemory)
    replies = make_answerer(model, chat, CAP, limit=BatchLimit(7, 10_000)).ask(NAMES[0], prompts)
    assert [reply.text for reply in replies] == [reply.text for reply in expected]
    assert sizes[0] == 7
    assert max(sizes[2:]) <= 4


def test_one_prompt_that_is_too_large_for_the_memory_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    class NoMemory(RowBatch):
        def begin(self) -> Any:
            raise torch.OutOfMemoryError("CUDA out of memory")

    monkeypatch.setattr(generating_answerer, "RowBatch", NoMemory)
    with pytest.raises(InferenceError, match=r"Step 'first': the memory is not enough for one prompt of \d+ tokens"):
        make_answerer(*make_model(), CAP).ask(NAMES[0], make_prompts(3))


def test_a_beginning_that_is_too_long_for_the_memory_is_not_shared(monkeypatch: pytest.MonkeyPatch) -> None:
    model, chat = make_model()
    prompts = make_prompts(5)
    expected = make_answerer(model, chat, CAP).ask(NAMES[0], prompts)

    def fail(*_: Any) -> Any:
        raise torch.OutOfMemoryError("CUDA out of memory")

    monkeypatch.setattr(PrefixStore, "_extend", fail)
    replies = make_answerer(model, chat, CAP).ask(NAMES[0], prompts)
    assert [reply.text for reply in replies] == [reply.text for reply in expected]
