from __future__ import annotations

from reviewer.languages.base import Comments, Language, Scopes
from reviewer.languages.docker_outline import outline

DOCKERFILE = Language(
    name="dockerfile",
    suffixes=(".dockerfile", ".containerfile"),
    names=("Dockerfile", "Containerfile"),
    globs=("Dockerfile.*", "Dockerfile-*", "Containerfile.*", "Containerfile-*"),
    outline=outline,
    scopes=Scopes(written=True),
    quotes=(),  # strings hold variables
    comments=Comments(line=("#",)),
)
