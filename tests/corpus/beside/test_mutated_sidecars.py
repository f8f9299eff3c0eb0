from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

from ft_core.corpus.beside.stac_labelling import label_stac
from ft_core.corpus.beside.stac_sidecar import StacSidecars
from ft_core.corpus.beside.tale_text import TaleTexts
from tests.corpus.sidecars import SENTENCES, make_sentence, make_told_story

_ODD: tuple[Any, ...] = (
    None, True, -1, 2**70, 1.5, float("nan"), "", " ", "\ud800", "\0", "task", "TASK", "Error:", [], {}, [[]], [None],
    {"sentences": []}, "x" * 10_000, "a\u0301\u3000\xa0", [{"sentence": 1}],
)  # fmt: skip


def mutate(rng: random.Random) -> Any:
    document: Any = {"model": "m", "sentences": [make_sentence(*each) for each in SENTENCES]}
    for _ in range(rng.randint(1, 3)):
        parent = document
        while parent:
            key = rng.choice(list(parent) if isinstance(parent, dict) else range(len(parent)))
            if parent[key] and isinstance(parent[key], dict | list) and rng.random() < 0.9:
                parent = parent[key]
            elif rng.random() < 0.8:
                parent[key] = rng.choice(_ODD)
                break
            else:
                del parent[key]
                break
    return document


def test_whatever_a_sidecar_holds_everything_has_a_reason_with_a_path(tmp_path: Path) -> None:
    rng = random.Random(3407)
    file = tmp_path / "fox_stac.json"
    file.write_text("{}")
    sidecars = StacSidecars.find([tmp_path])
    refused = recorded = 0
    for _ in range(400):
        data = json.dumps(mutate(rng)).encode()
        file.write_bytes(data if rng.random() < 0.9 else data[: rng.randrange(len(data))])
        story = make_told_story("Once a fox lived\nby a river. It had to", "The fox rowed all night. So it came home.", None)
        labelling = label_stac(story, tmp_path / "json_v3" / "fox.json", sidecars, TaleTexts(), 1)
        assert all(each.path.startswith("$") and each.reason for each in labelling.problems)
        assert not any(event.stac.is_empty for event in story.events if event.stac)
        json.dumps(labelling.records).encode()
        assert sum(number for name, number in labelling.counts.items() if name.startswith("events")) == len(story.events)
        parts = ("sentences used", "sentences without a category", "sentences not found in the text", "sentences in no record")
        assert sum(labelling.counts[name] for name in parts) == labelling.counts["sentences"]
        assert labelling.problems or labelling.records
        refused += labelling.counts["STAC sidecars refused"]
        recorded += bool(labelling.records)
    assert refused > 50
    assert recorded > 50
