"""The Gemma 4 family: architecture, checkpoints, and how many bytes they take and stream. The data
is gemma4.toml.

Sizes are bytes; parameter counts are in billions. `resident` bytes lie in memory; `streamed` bytes
are read for every decoded token. They differ: the input embedding and the per-layer embeddings
(PLE) are gathers of one row, so that PLE counts as resident only; the vocabulary embedding is
streamed once, because it is also the output head (tied); of a mixture of experts only the active
ones are streamed (google-deepmind/gemma, gemma/gm/nn/gemma4/_gemma4.py).
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

from reviewer import text
from reviewer.errors import UsageError

GIB = 1 << 30
Engine = Literal["vllm", "llamacpp", "ollama"]
OFFICIAL = ("google", "RedHatAI", "nvidia")
WeightSource = Literal["measured", "reported", "file", "formula"]


@dataclass(frozen=True, slots=True)
class Quantization:
    """Bytes per parameter of the transformer body (`core`), the vocabulary embedding (also the
    output head) and the per-layer embeddings. `head` is what an output head takes that is stored
    and loaded apart from the embedding. What is not quantized (vision, audio) takes 2."""

    core: float
    embedding: float
    per_layer: float
    head: float = 0


# 4 bits and an 8-bit scale for 16, or a 16-bit one for 32 values: 0.5625. llama.cpp's Q4_0, Q6_K
# and Q8_0 have 4.5, 6.5625 and 8.5 bits, Q4_K_M about 4.85 (ggml-common.h). The QAT files keep both
# embeddings in Q6_K: with that the formula gives Google's five GGUF files to 2 %; Ollama's e2b and
# e4b have their per-layer embeddings in bf16.
QUANTIZATIONS: Mapping[str, Quantization] = {
    "bf16": Quantization(2, 2, 2),
    "fp8": Quantization(1, 2, 2),
    "int8": Quantization(1, 2, 2),
    # lm_head is stored beside the embedding that it equals: with it the formula gives the 10.3 GB
    # of the 12B's repository, and 0.3 to 0.4 GiB less than was measured for E2B and E4B.
    "w4a16": Quantization(0.5625, 2, 2, 2),
    "awq": Quantization(0.5625, 2, 2),
    "nvfp4": Quantization(0.5625, 2, 2),
    "nvfp4_bf16_attention": Quantization(
        0.979, 2, 2
    ),  # 8.48e9 of the 29.29e9 body parameters of 31B are attention
    "mobile": Quantization(0.5, 0.5, 0.5),
    "q4_0": Quantization(0.5625, 0.8203, 0.8203),
    "q4_k_m": Quantization(0.606, 0.8203, 2),
    "q8_0": Quantization(1.0625, 1.0625, 1.0625),
}


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A download that can be served. `id` is a Hugging Face id or an Ollama tag; a `#…` at its end
    names a way to load it and is not part of the name on the hub. `avoid` says why it is never
    suggested."""

    id: str
    engine: Engine
    quantization: str
    weights_gib: float | None = None
    weights: WeightSource = "formula"
    file_gb: float | None = None
    download_gb: float | None = None
    flags: tuple[str, ...] = ()
    avoid: str = ""
    note: str = ""
    source: str = ""

    @property
    def repository(self) -> str:
        return self.id.partition("#")[0]

    @property
    def official(self) -> bool:
        """Whether its maker answers for it: Google, whom Red Hat and NVIDIA publish with, or the
        library of Ollama. The rest are repacks of single people."""
        return self.repository.partition("/")[0] in OFFICIAL or self.engine == "ollama"


@dataclass(frozen=True, slots=True)
class CatalogueModel:
    id: str
    name: str
    base: str
    context: int
    min_vllm: str
    min_llamacpp: int  # build number
    min_ollama: str
    coding: float  # LiveCodeBench v6, percent
    layers: int
    sliding_layers: int  # that own KV; the rest of `layers` is global or shares
    global_layers: int
    kv_heads_sliding: int
    kv_heads_global: int
    window: int
    hidden: int
    ffn: int
    core: float
    active_core: float
    embedding: float
    per_layer_embedding: float
    multimodal: float
    text_only: Literal["language_model_only", "limit_multimodal"]
    drafter: str
    draft_tokens: int
    checkpoints: tuple[Checkpoint, ...]

    @property
    def kv_global_bytes(self) -> int:
        """bf16 bytes that one token of context adds on the global layers (K and V, width 512)."""
        return self.global_layers * self.kv_heads_global * 512 * 2 * 2

    @property
    def kv_sliding_bytes(self) -> int:
        """bf16 bytes of one token inside the window on the sliding layers (K and V, width 256)."""
        return self.sliding_layers * self.kv_heads_sliding * 256 * 2 * 2

    @property
    def sliding_block(self) -> int:
        """Tokens in one KV block of the sliding layers: vLLM's 16, doubled where the page of a
        sliding layer is the smaller one, since all pages must have one size
        (vllm/v1/core/kv_cache_utils.py, unify_kv_cache_spec_page_size).
        """
        return 32 if self.kv_heads_sliding * 256 < self.kv_heads_global * 512 else 16


@dataclass(frozen=True, slots=True)
class Measured:
    """The speed of one stream (tokens/s) that others saw; `device` is a part of the driver's name,
    `gbps` its bandwidth."""

    family: str
    quantization: str
    engine: Engine
    device: str
    gbps: float
    speed: float
    source: str


@cache
def measured() -> tuple[Measured, ...]:
    """What others measured, in the order of measured.toml."""
    path = Path(__file__).parent / "measured.toml"
    rows = tomllib.loads(path.read_text("utf-8"))["measured"]
    return tuple(Measured(**row) for row in rows)


@cache
def _data() -> Mapping[str, Any]:
    return tomllib.loads((Path(__file__).parent / "gemma4.toml").read_text("utf-8"))


@cache
def models() -> tuple[CatalogueModel, ...]:
    """The family, smallest first."""
    return tuple(_model(table) for table in _data()["model"])


def _model(table: Mapping[str, Any]) -> CatalogueModel:
    rest = {key: value for key, value in table.items() if key != "checkpoint"}
    return CatalogueModel(
        **rest, checkpoints=tuple(_checkpoint(entry) for entry in table["checkpoint"])
    )


def _checkpoint(entry: Mapping[str, Any]) -> Checkpoint:
    known: WeightSource = entry.get("weights") or ("file" if "file_gb" in entry else "formula")
    return Checkpoint(**{**entry, "flags": tuple(entry.get("flags", ())), "weights": known})


def checkpoints() -> Iterator[tuple[CatalogueModel, Checkpoint]]:
    for model in models():
        for checkpoint in model.checkpoints:
            yield model, checkpoint


def lookup(name: str) -> tuple[CatalogueModel, tuple[Checkpoint, ...]] | None:
    """The model that `name` means and its checkpoints: all of them for a size (`12b`,
    `gemma-4-12b`), one for a Hugging Face id or an Ollama tag; None when it is not in the
    catalogue. Raises UsageError when it cannot review."""
    wanted = name.strip().lower()
    for entry in _data()["rejected"]:
        if entry["match"] in wanted:
            raise UsageError(
                f"{entry['reason']}: `reviewer model list` shows models that can review"
            )
    for model, checkpoint in checkpoints():
        if wanted == checkpoint.id.lower():
            return model, (checkpoint,)
    short = (
        wanted.removeprefix("gemma-4-")
        .removeprefix("gemma4-")
        .removesuffix("-it")
        .removesuffix("-a4b")
    )
    return next(((model, model.checkpoints) for model in models() if short == model.id), None)


def find(name: str) -> tuple[CatalogueModel, tuple[Checkpoint, ...]]:
    """Like `lookup`, but raises UsageError for a name that is not in the catalogue."""
    found = lookup(name)
    if found is None:
        sizes = ", ".join(model.id for model in models())
        raise UsageError(
            f"'{text.one_line(text.cut(name, 80))}' is not in the catalogue: name a size ({sizes})"
            " or an id from `reviewer model list --all`"
        )
    return found


def formula_bytes(model: CatalogueModel, quantization: str) -> int:
    """The computed size of the weights in bytes: body × b + embedding + PLE, an output head of its
    own, and vision and audio in bf16. A GGUF has its projector in a separate file, which is not
    loaded."""
    size = QUANTIZATIONS[quantization]
    rest = 0.0 if quantization.startswith("q") else model.multimodal * 2
    total = (
        model.core * size.core
        + model.embedding * (size.embedding + size.head)
        + model.per_layer_embedding * size.per_layer
    )
    return round((total + rest) * 1e9)


def weight_bytes(model: CatalogueModel, checkpoint: Checkpoint) -> int:
    """Resident bytes: measured or reported if known, else the file's size, else the formula."""
    if checkpoint.weights_gib is not None:
        return round(checkpoint.weights_gib * GIB)
    size = checkpoint.file_gb or (checkpoint.download_gb if checkpoint.weights == "file" else None)
    if size is not None:
        return round(size * 1e9)
    return formula_bytes(model, checkpoint.quantization)


def download_bytes(model: CatalogueModel, checkpoint: Checkpoint) -> int:
    known = checkpoint.download_gb or checkpoint.file_gb
    return round(known * 1e9) if known else weight_bytes(model, checkpoint)


def streamed_bytes(model: CatalogueModel, quantization: str) -> int:
    """Bytes of weights read for one decoded token: the active part of the body and the output
    head."""
    size = QUANTIZATIONS[quantization]
    return round((model.active_core * size.core + model.embedding * size.embedding) * 1e9)
