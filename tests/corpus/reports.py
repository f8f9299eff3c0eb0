"""A report as ``report.json`` holds it, with everything that a page may have to show, and some things it must not run."""

from __future__ import annotations

from typing import Any

SCRIPT = "<script>alert('令')</script>"
FILES = "tales/<img src=x onerror=alert(1)>"


def make_report() -> dict[str, Any]:
    return {
        "format": 2,
        "seed": 3407,
        "data_hash": "9f0c6f8d5c3de5b1a3ee0f2c4ad8a51a7f5d37a1f3bd2a6a9a4f0e0f8a7c1b2d",
        "split_hash": "1b7c33c0f5b2a0ad6c2a9b0f4e3fd8c7b6a5940312f1e0d9c8b7a69584736251",
        "stories": {"read": 1053, "refused": 61, "superseded": 2},
        "events": 12440,
        "tales": {"train": 843, "val": 105, "test": 105},
        "versions": {"2": 12, "3": 1041},
        "cultures": {
            "Japanese": {"train": 214, "val": 27, "test": 26},
            "Chinese": {"train": 409, "val": 50, "test": 52},
            "Indian <b>": {"train": 220, "val": 28, "test": 27},
        },
        "languages": {
            "zh": {"train": 408, "val": 49, "test": 53},
            "ja": {"train": 215, "val": 28, "test": 25},
            "en": {"train": 219, "val": 29, "test": 24},
        },
        "repaired": {"copied-description": 265, "time-order": 7, "unknown-label": 4, "bilingual-label": 8},
        "marks": {"ideographic-space": 1912, "aozora-ruby": 37},
        "stac": {"events with a STAC record from a sidecar": 1120, "sentences that were not found": 3},
        "summaries": {"tales with a summary": 1010, "rows that match no tale": 2},
        "retellings": {"files": 20, "used": 18, "paragraphs": 151, "refused": 2},
        "leaks": {
            "mode": "move",
            "checked": 1054,
            "pairs": [
                {"a": "CH_002_孟姜女", "b": "CH_002_哭长城", "reason": "same id root", "similarity": None, "moved": True},
                {"a": "jp_001_桃太郎", "b": SCRIPT, "reason": "near-identical text", "similarity": 0.871, "moved": False},
            ],
        },
        "steps": {
            "action": _make_action(),
            "instrument": _make_instrument(),
            "acme_mood": {
                "examples": 0,
                "skipped": {SCRIPT: 12440},
                "repaired": {},
                "split": {"train": 0, "val": 0, "test": 0},
            },
        },
        "refusals": [
            {
                "file": f"{FILES}/第{number:03}話.json",
                "path": f"$.narrative_events[{number}].text_span",
                "reason": "is a <string>",
            }
            for number in range(61)
        ],
        "left_out": ["models/run.json", "中文/故事 & 传说.json"],
        "superseded": [
            {"file": "json_v2/CH_002.json", "used": "json_v3/CH_002_v3.json"},
            {"file": "json/CH_003.json", "used": "json_v2/CH_003_v2.json"},
        ],
    }


def _make_action() -> dict[str, Any]:
    return {
        "examples": 9315,
        "retold": 2990,
        "skipped": {
            "the event has no text": 31,
            "action type is blank": 1043,
            "'战斗' is no action type. Did you mean 'attack'?": 9,
            "「泣く」 is no action type; the code book has none that is spelled like it, and so no example was made of this event": 5,
            "all five action fields are blank": 2037,
        },
        "repaired": {"label-spelling": 411, "translated-label": 76, "explicit-none": 44},
        "split": {"train": 7450, "val": 930, "test": 935},
        "cultures": {"Chinese": {"train": 4250, "val": 430, "test": 436}, "Japanese": {"train": 3200, "val": 500, "test": 499}},
        "languages": {"zh": {"train": 4251, "val": 431, "test": 437}, "ja": {"train": 3199, "val": 499, "test": 498}},
        "labels": {
            "category": {"physical": 4800, "mental": 1800, "communicative": 2400, "transaction": 215, "existential": 100},
            "type": {name: 12 * (38 - rank) + rank for rank, name in enumerate(_TYPES, 1)} | {"(blank)": 176},
            "status": {"success": 1700, "attempt": 333, "(blank)": 6900, "failure": 222, "partial": 160},
            "場面": {"夕暮れ": 12, "黎明": 11},
        },
        "empty": {"share": 0.016, "train": 167, "val": 19, "test": 31},
        "left_out_by_balance": 0,
        "prompt": {"mean_chars": 2112.5, "static_chars": 1503, "static_share": 0.7115},
        "tokens": {
            "model": "smollm2-135m",
            "prompt": {"min": 312, "median": 507.5, "p95": 911, "max": 1402, "mean": 523.2},
            "answer": {"min": 21, "median": 34, "p95": 58, "max": 97, "mean": 36.1},
            "row_max": 1455,
            "static_share": 0.612,
            "histogram": {
                "edges": [0, 200, 400, 600, 800, 1000, 1200, 1400, 1600],
                "counts": [0, 1240, 4460, 2310, 870, 290, 143, 2],
            },
        },
    }


_TYPES = [
    "travel", "interact", "inform", "give", "observe", "command", "attack", "persuade", "acquire", "die",
    "flee", "request", "express_emotion", "resolve", "plan", "deceive", "realize", "transform", "reward",
    "punish", "restrain", "promise", "defend", "exchange", "steal", "investigate", "hesitate", "plot",
    "challenge", "sacrifice", "betray", "cast_spell", "revive", "forget", "cast", "reconcile", "slander",
]  # fmt: skip


def _make_instrument() -> dict[str, Any]:
    return {
        "examples": 161,
        "retold": 0,
        "skipped": {"the event names no instrument": 12248, "the event has no text": 31},
        "repaired": {"outer-spaces": 6},
        "split": {"train": 130, "val": 0, "test": 31},
        "cultures": {"Chinese": {"train": 130, "val": 0, "test": 31}},
        "languages": {"zh": {"train": 130, "val": 0, "test": 31}},
        "labels": {},
        "empty": {"share": 0.5, "train": 65, "val": 0, "test": 15},
        "left_out_by_balance": 4711,
        "prompt": {"mean_chars": 1820, "static_chars": 1210, "static_share": 0.665},
        "tokens": None,
    }
