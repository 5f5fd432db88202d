from __future__ import annotations

from reviewer.languages.base import Comments, Language

DOCKERFILE = Language(
    name="dockerfile",
    suffixes=(".dockerfile", ".containerfile"),
    names=("Dockerfile", "Containerfile"),
    globs=("Dockerfile.*", "Dockerfile-*", "Containerfile.*", "Containerfile-*"),
    comments=Comments(line=("#",)),
)
