"""Trains a LoRA adapter for Gemma 4 on an export of `reviewer dataset export`, with transformers
and PEFT alone.

    python train_peft.py --model google/gemma-4-E2B-it --data review.train.jsonl \\
        --out adapters/review
    reviewer serve start --model google/gemma-4-E2B-it --lora review=adapters/review
    reviewer doctor --adapter review

One row at a time, gradients accumulated, in bfloat16, with the adapter in float32.
docs/how-to/fine-tune.md says why.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
import re
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from peft import LoraConfig, get_peft_model
from safetensors import safe_open
from transformers import (
    AutoConfig,
    AutoModelForCausalLM,
    AutoModelForImageTextToText,
    AutoTokenizer,
)

END = "<turn|>"  # what the model has to write when its answer is complete
# Of the language model only, and only what vLLM can put an adapter on. Layers whose keys and values
# are those of an earlier layer have no k_proj and v_proj, global layers of the larger models no
# v_proj: so modules are looked up by name in the model, and none is asked for that is not there.
LAYERS = re.compile(r"(?:^|\.)layers\.\d+\.(?:self_attn\.[qkvo]_proj|mlp\.(?:gate|up|down)_proj)$")
TOWERS = re.compile(r"vision|audio")


@dataclass(frozen=True)
class Row:
    """Token ids of a row; the last `answer` of them are learnt."""

    ids: list[int]
    answer: int


def main() -> None:
    given = arguments()
    torch.manual_seed(given.seed)
    device = torch.device(given.device or ("cuda" if torch.cuda.is_available() else "cpu"))
    tokenizer = AutoTokenizer.from_pretrained(given.model)
    rows, skipped = load(given.data, tokenizer, given.max_tokens)
    held_out = load(given.eval, tokenizer, given.max_tokens)[0] if given.eval else []
    if not rows:
        sys.exit(
            f"no row of {given.data} has at most {given.max_tokens:,} tokens: raise --max-tokens"
        )
    print(
        f"{len(rows)} rows of at most {max(len(row.ids) for row in rows):,} tokens; {skipped}"
        " longer ones left out"
    )
    check_memory(given.model, rows, device)
    model = adapted(given, device)
    before = evaluate(model, held_out, device)
    losses = train(model, rows, given, device)
    after = evaluate(model, held_out, device)
    told = {
        "rows": len(rows),
        "skipped": skipped,
        "losses": losses,
        "evalBefore": before,
        "evalAfter": after,
    }
    save(model, given, told)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument(
        "--model", required=True, help="folder, or id on the hub: google/gemma-4-E2B-it"
    )
    parser.add_argument(
        "--data", required=True, type=Path, help="chat rows of `reviewer dataset export`"
    )
    parser.add_argument(
        "--eval", type=Path, help="held-out rows: their loss is measured before and after"
    )
    parser.add_argument("--out", required=True, type=Path, help="folder for the adapter")
    parser.add_argument("--epochs", type=int, default=2)
    parser.add_argument("--max-steps", type=int, help="stop after so many updates")
    parser.add_argument("--accumulate", type=int, default=8, help="rows for one update")
    parser.add_argument("--lr", type=float, default=1e-4)
    parser.add_argument(
        "--rank", type=int, default=16, help="`reviewer serve start` takes up to 32"
    )
    parser.add_argument(
        "--max-tokens", type=int, default=8192, help="longer rows are left out, never cut"
    )
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--device", help="cuda or cpu; by default what there is")
    return parser.parse_args()


def load(path: Path, tokenizer: Any, most: int) -> tuple[list[Row], int]:
    """The rows that are short enough, and how many are not. A prompt that was cut would be another
    question."""
    rows = [
        tokenized(json.loads(line), tokenizer)
        for line in path.read_text("utf-8").split("\n")
        if line.strip()
    ]
    short = [row for row in rows if len(row.ids) <= most]
    return short, len(rows) - len(short)


def tokenized(value: dict[str, Any], tokenizer: Any) -> Row:
    """The prompt exactly as a server renders it with thinking off, so that the answer begins where
    it will begin."""
    if "messages" not in value:
        sys.exit(
            "these are preference pairs: export with --format chat, or train with TRL's DPOTrainer"
        )
    *asked, answer = value["messages"]
    prompt = tokenizer.apply_chat_template(
        asked, add_generation_prompt=True, enable_thinking=False, tokenize=False
    )
    given = tokenizer(prompt, add_special_tokens=False)["input_ids"]
    learnt = tokenizer(answer["content"] + END, add_special_tokens=False)["input_ids"]
    return Row(given + learnt, len(learnt))


def check_memory(name: str, rows: list[Row], device: torch.device) -> None:
    """Stop before anything is loaded when it cannot fit. The figure is an estimate; see
    docs/how-to/fine-tune.md."""
    config = AutoConfig.from_pretrained(name).get_text_config()
    weights = weight_bytes(name)
    longest = max(len(row.ids) for row in rows)
    kept = longest * config.hidden_size * config.num_hidden_layers * 2  # the input of every layer
    again = longest * config.intermediate_size * 2 * 10  # one layer, computed anew
    scores = (
        max(row.answer for row in rows) * config.vocab_size * 4 * 3
    )  # of the answer's tokens alone
    need = weights + kept + again + scores + (1 << 30)
    if device.type != "cuda":
        print(
            f"no GPU: this takes about {need / 2**30:.1f} GiB of memory, and hours for a real model"
        )
        return
    free, total = torch.cuda.mem_get_info(device)
    said = (
        f"needs about {need / 2**30:.1f} GiB, {free / 2**30:.1f} of {total / 2**30:.1f} GiB are"
        " free on the GPU"
    )
    if need > free:
        sys.exit(f"{said}: use a smaller model, a lower --max-tokens, or train_unsloth.py (4 bits)")
    print(said)


def weight_bytes(name: str) -> int:
    """The size of the weights in files; 0 for a model that is not on this machine yet."""
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import LocalEntryNotFoundError

    try:
        folder = (
            Path(name)
            if Path(name).is_dir()
            else Path(snapshot_download(name, local_files_only=True))
        )
    except LocalEntryNotFoundError:
        print(
            "the model is not on this machine yet: its size is not known, so the memory check is"
            " incomplete"
        )
        return 0
    return sum(file.stat().st_size for file in folder.glob("*.safetensors"))


def adapted(given: argparse.Namespace, device: torch.device) -> Any:
    """The model with an adapter on every layer of its language model. It is loaded as the class
    that its checkpoint names: the keys of an adapter for another class would mean nothing to a
    server."""
    config = AutoConfig.from_pretrained(given.model)
    whole = any("ConditionalGeneration" in each for each in config.architectures or ())
    kind = AutoModelForImageTextToText if whole else AutoModelForCausalLM
    base = kind.from_pretrained(given.model, dtype=torch.bfloat16).to(device)
    check_shared_layers(base, device)
    names = [
        name
        for name, module in base.named_modules()
        if isinstance(module, torch.nn.Linear) and LAYERS.search(name) and not TOWERS.search(name)
    ]
    if not names:
        sys.exit(
            "no layer of a Gemma 4 was found in this model: its names are others than this recipe"
            " knows"
        )
    config = LoraConfig(
        r=given.rank,
        lora_alpha=2 * given.rank,
        lora_dropout=0.0,
        target_modules=names,
        task_type="CAUSAL_LM",
    )
    model = get_peft_model(base, config)
    model.enable_input_require_grads()
    base.gradient_checkpointing_enable(gradient_checkpointing_kwargs={"use_reentrant": False})
    model.print_trainable_parameters()
    return model


@torch.no_grad()
def check_shared_layers(base: Any, device: torch.device) -> None:
    """Later layers of E2B and E4B use the keys and values of earlier ones. Versions of transformers
    that hand them on through the cache compute nonsense without one, which is how training runs."""
    ids = torch.arange(20, 60, device=device)[None]
    base.eval()
    one, other = (base(input_ids=ids, use_cache=cache).logits.float() for cache in (True, False))
    if not torch.allclose(one, other, atol=1e-2, rtol=1e-2):
        sys.exit(
            "this transformers computes something else without a cache (KV-shared layers): use 5.19"
            " or later"
        )


def loss_of(model: Any, row: Row, device: torch.device) -> torch.Tensor:
    """Mean over the answer's tokens. Scores are computed for these alone: for a whole prompt they
    would take more memory than the model (262,144 words)."""
    ids = torch.tensor([row.ids], device=device)
    scores = (
        model(input_ids=ids, logits_to_keep=row.answer + 1, use_cache=False).logits[0, :-1].float()
    )
    return torch.nn.functional.cross_entropy(scores, ids[0, -row.answer :])


@torch.no_grad()
def evaluate(model: Any, rows: list[Row], device: torch.device) -> float | None:
    model.eval()
    return sum(loss_of(model, row, device).item() for row in rows) / len(rows) if rows else None


def train(
    model: Any, rows: list[Row], given: argparse.Namespace, device: torch.device
) -> list[float]:
    """The mean loss of each update."""
    weights = [each for each in model.parameters() if each.requires_grad]
    optimizer = torch.optim.AdamW(weights, lr=given.lr, weight_decay=0.0)
    order, losses = random.Random(given.seed), []
    model.train()
    per_epoch = -(-len(rows) // given.accumulate)
    steps = given.max_steps or given.epochs * per_epoch
    while len(losses) < steps:
        for at in range(0, len(shuffled := order.sample(rows, len(rows))), given.accumulate):
            batch = shuffled[at : at + given.accumulate]
            found = []
            for row in batch:
                loss = loss_of(model, row, device)
                (loss / len(batch)).backward()
                found.append(loss.item())
            torch.nn.utils.clip_grad_norm_(weights, 1.0)
            done = len(losses)  # a short warm-up, the second half towards 0
            optimizer.param_groups[0]["lr"] = given.lr * min(
                1.0, (done + 1) / 5, 2 * (steps - done) / steps
            )
            optimizer.step()
            optimizer.zero_grad()
            losses.append(sum(found) / len(found))
            print(f"step {len(losses)}/{steps}  loss {losses[-1]:.4f}", flush=True)
            if len(losses) == steps:
                break
    return losses


def save(model: Any, given: argparse.Namespace, report: dict[str, Any]) -> None:
    """The adapter, how it was made, and proof that it is none that does nothing."""
    model.save_pretrained(given.out)
    with safe_open(given.out / "adapter_model.safetensors", "pt") as file:
        keys = [key for key in file.keys() if key.endswith(".lora_B.weight")]  # noqa: SIM118
        idle = [key for key in keys if not file.get_tensor(key).any()]
    if idle:
        sys.exit(f"{len(idle)} of {len(keys)} modules have learnt nothing, the first is {idle[0]}")
    modules = sorted(
        key.removeprefix("base_model.model.").removesuffix(".lora_B.weight") for key in keys
    )
    made = {
        "base": given.model,
        "data": given.data.name,
        "sha256": hashlib.sha256(given.data.read_bytes()).hexdigest(),
        "rank": given.rank,
        "learningRate": given.lr,
        "seed": given.seed,
        "modules": modules,
        **report,
    }
    (given.out / "training.json").write_text(json.dumps(made, indent=1) + "\n", encoding="utf-8")
    print(f"{len(modules)} modules in {given.out}")
    print(f"serve it: reviewer serve start --model {given.model} --lora NAME={given.out}")


if __name__ == "__main__":
    main()
