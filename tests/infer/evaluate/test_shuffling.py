from __future__ import annotations

from ft_core.corpus.training_data import StepData, TrainingData
from ft_core.infer.evaluate.shuffling import shuffle_gold
from tests.engine.fake_step import some_texts


def test_no_prompt_keeps_its_own_answer_and_none_is_lost() -> None:
    texts = some_texts(7)
    numbered = tuple(type(text)(text.prompt, str(number), text.story_id, text.event_id) for number, text in enumerate(texts))
    data = TrainingData({"action": StepData(numbered, val=numbered)}, "tales")
    step = shuffle_gold(data, 1).steps["action"]
    assert all(new.completion != old.completion for new, old in zip(step.train, numbered, strict=True))
    assert sorted(each.completion for each in step.train) == sorted(each.completion for each in numbered)
    assert [each.prompt for each in step.train] == [each.prompt for each in numbered]
    assert step.val == ()
    assert shuffle_gold(data, 1) == shuffle_gold(data, 1)
    assert shuffle_gold(data, 1) != shuffle_gold(data, 2)


def test_one_example_stays_as_it_is() -> None:
    texts = some_texts(1)
    assert shuffle_gold(TrainingData({"action": StepData(texts)}, "tales"), 1).steps["action"].train == texts
