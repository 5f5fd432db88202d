"""A recipe for Gemma 4 E2B and E4B with Unsloth, which trains in 4 bits where train_peft.py needs
16.

    python train_unsloth.py --model google/gemma-4-E2B-it --data review.train.jsonl --out DIR

NOT TESTED: it needs an NVIDIA GPU and was written from Unsloth's documentation, never run. Versions
of vLLM have loaded Unsloth's adapters of Gemma 4 and ignored them (vllm-project/vllm#41754): run
`reviewer doctor --adapter NAME`, and where it says that the adapter changes nothing, give --merge
and serve the merged weights.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

GIB = 1 << 30
NEEDED = {"E2B": 8, "E4B": 10}  # GiB for QLoRA, as Unsloth says; long prompts take more


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--model", default="google/gemma-4-E2B-it")
    parser.add_argument(
        "--data", required=True, type=Path, help="chat rows of `reviewer dataset export`"
    )
    parser.add_argument("--out", required=True, type=Path)
    parser.add_argument("--max-tokens", type=int, default=8192, help="longer rows are left out")
    parser.add_argument("--epochs", type=float, default=2.0)
    parser.add_argument(
        "--merge", action="store_true", help="also write merged 16-bit weights to OUT-merged"
    )
    given = parser.parse_args()
    check_memory(given.model)

    from unsloth import FastModel  # noqa: I001 first: it changes what the others do
    from unsloth.chat_templates import train_on_responses_only

    from datasets import Dataset
    from trl import SFTConfig, SFTTrainer

    model, tokenizer = FastModel.from_pretrained(
        given.model, max_seq_length=given.max_tokens, load_in_4bit=True
    )
    model = FastModel.get_peft_model(
        model,
        r=16,
        lora_alpha=32,
        lora_dropout=0,
        bias="none",
        random_state=0,
        finetune_vision_layers=False,
        finetune_language_layers=True,
        finetune_attention_modules=True,
        finetune_mlp_modules=True,
    )
    text = getattr(tokenizer, "tokenizer", tokenizer)  # a processor holds a tokenizer
    rows = [
        json.loads(line)["messages"]
        for line in given.data.read_text("utf-8").split("\n")
        if line.strip()
    ]
    texts = [rendered(text, each) for each in rows]
    short = [
        each
        for each in texts
        if len(text(each, add_special_tokens=False)["input_ids"]) <= given.max_tokens
    ]
    print(f"{len(short)} rows; {len(texts) - len(short)} longer ones left out")
    trainer = SFTTrainer(
        model=model,
        tokenizer=text,
        train_dataset=Dataset.from_dict({"text": short}),
        args=SFTConfig(
            output_dir=f"{given.out}-work",
            dataset_text_field="text",
            max_length=given.max_tokens,
            seed=0,
            per_device_train_batch_size=1,
            gradient_accumulation_steps=8,
            num_train_epochs=given.epochs,
            learning_rate=1e-4,
            warmup_steps=5,
            optim="adamw_8bit",
            logging_steps=1,
            report_to="none",
        ),
    )
    trainer = train_on_responses_only(
        trainer, instruction_part="<|turn>user\n", response_part="<|turn>model\n"
    )
    trainer.train()
    model.save_pretrained(str(given.out))
    if given.merge:
        model.save_pretrained_merged(f"{given.out}-merged", tokenizer, save_method="merged_16bit")


def rendered(tokenizer: object, messages: list[dict[str, str]]) -> str:
    """The prompt as a server renders it with thinking off, and the answer right after it."""
    prompt = tokenizer.apply_chat_template(  # type: ignore[attr-defined]
        messages[:-1], add_generation_prompt=True, enable_thinking=False, tokenize=False
    )
    return str(prompt) + messages[-1]["content"] + "<turn|>"


def check_memory(model: str) -> None:
    """Stop before anything is loaded where there is no GPU, or too little memory on it."""
    import torch

    if not torch.cuda.is_available():
        sys.exit(
            "Unsloth needs a GPU, and torch sees none: use train_peft.py, or install torch's build"
            " for your GPU"
        )
    free = torch.cuda.mem_get_info()[0] / GIB
    need = next((size for name, size in NEEDED.items() if name in model), None)
    if need is None:
        print(f"{free:.1f} GiB are free on the GPU; how much {model} needs is not known here")
    elif free < need:
        sys.exit(
            f"{model} needs about {need} GiB, {free:.1f} GiB are free on the GPU: stop what else"
            " uses it"
        )


if __name__ == "__main__":
    main()
