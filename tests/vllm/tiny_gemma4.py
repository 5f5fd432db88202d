"""Builds a tiny Gemma 4 with random weights that a real vLLM serves: `python tiny_gemma4.py
OUTDIR`.

It has the architecture's traits that engines stumble over (sliding and full attention layers of
different head size, layers that share the KV cache of earlier ones, per-layer embeddings) in a few
hundred kilobytes. What it says is noise, but noise under a grammar: it shows that the whole path
works, never how good a review is.

Runs in the environment of vLLM (torch, transformers, tokenizers); a few seconds, nothing is
downloaded.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

CONTEXT = 16384
# <turn|> ends a reply; the channel and tool tokens are what vLLM's parsers for Gemma 4 look for.
CONTROL = [
    "<pad>",
    "<eos>",
    "<bos>",
    "<unk>",
    "<|turn>",
    "<turn|>",
    "<|think|>",
    "<|channel>",
    "<channel|>",
    "<|tool>",
    "<tool|>",
    "<|tool_call>",
    "<tool_call|>",
    "<|tool_response>",
    "<tool_response|>",
    '<|"|>',
    "<|image|>",
]
SENTENCES = [
    "Review the change below and answer in JSON with a list of findings.",
    "Each finding quotes one changed line, says what fails and when, and how to fix it.",
    (
        "def total(prices: list[float], discount: float) -> float:\n    return sum(prices) * (1 -"
        " discount)\n"
    ),
    "for item in items:\n        if item.count > limit:\n            raise ValueError(item.name)\n",
    (
        '{"findings": [{"quote": "return None", "severity": "minor", "title": "Value is lost",'
        ' "suggestions": []}]}'
    ),
    "+    with open(path, encoding='utf-8') as handle:\n-    handle = open(path)\n",
    (
        "The caller in src/app.py at line 12 expects a string, and gets None when the file does not"
        " exist."
    ),
]
TEMPLATE = Path(__file__).with_name("chat_template.jinja")


def tokenizer(folder: Path) -> int:
    """Train and save a byte-level BPE (every text has tokens); the number of tokens."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
    from transformers import PreTrainedTokenizerFast

    bpe = Tokenizer(models.BPE())
    bpe.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    bpe.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=768,
        special_tokens=CONTROL,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    bpe.train_from_iterator(SENTENCES * 4, trainer)
    fast = PreTrainedTokenizerFast(
        tokenizer_object=bpe,
        bos_token="<bos>",
        eos_token="<eos>",
        pad_token="<pad>",
        unk_token="<unk>",
        additional_special_tokens=CONTROL[4:],
        model_max_length=CONTEXT,
        chat_template=TEMPLATE.read_text(encoding="utf-8"),
    )
    fast.save_pretrained(folder)
    return len(fast)


def model(folder: Path, vocabulary: int) -> None:
    """Random weights from a fixed seed: the same files, and so the same replies, every time."""
    import torch
    from transformers import AutoTokenizer, Gemma4ForCausalLM, Gemma4TextConfig

    torch.manual_seed(4)
    layers = (["sliding_attention"] * 3 + ["full_attention"]) * 2
    config = Gemma4TextConfig(
        vocab_size=vocabulary,
        vocab_size_per_layer_input=vocabulary,
        hidden_size=64,
        intermediate_size=128,
        num_hidden_layers=len(layers),
        layer_types=layers,
        num_attention_heads=4,
        num_key_value_heads=1,
        head_dim=64,
        per_layer_config={
            i: {"head_dim": 128} for i, kind in enumerate(layers) if kind == "full_attention"
        },
        num_kv_shared_layers=4,
        hidden_size_per_layer_input=16,
        sliding_window=512,
        max_position_embeddings=CONTEXT,
        final_logit_softcapping=30.0,
        bos_token_id=CONTROL.index("<bos>"),
        pad_token_id=CONTROL.index("<pad>"),
        eos_token_id=[CONTROL.index("<eos>"), CONTROL.index("<turn|>")],
        torch_dtype="bfloat16",
    )
    gemma = Gemma4ForCausalLM(config).to(torch.bfloat16)
    # Input and output embeddings are one matrix: longer rows for what closes a string, a list or an
    # object make these tokens win about every other time where they are allowed, so that replies
    # end instead of filling every field.
    read = AutoTokenizer.from_pretrained(folder)
    with torch.no_grad():
        gemma.model.embed_tokens.weight[
            read.convert_tokens_to_ids(['"', "]", "}", "],", '",'])
        ] *= 6
        # Nor does it call tools in the middle of a thought: no logit, and it is not sampled.
        gemma.model.embed_tokens.weight[
            read.convert_tokens_to_ids(["<|turn>", "<|tool_call>", "<|tool_response>"])
        ] *= 0
    gemma.save_pretrained(folder)


def main(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    model(folder, tokenizer(folder))
    # Like Gemma's own: sampling defaults that a client has to override.
    generation = {
        "bos_token_id": 2,
        "eos_token_id": [1, 5],
        "pad_token_id": 0,
        "do_sample": True,
        "temperature": 1.0,
        "top_k": 64,
        "top_p": 0.95,
    }
    (folder / "generation_config.json").write_text(json.dumps(generation, indent=1))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
