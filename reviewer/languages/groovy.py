from __future__ import annotations

from reviewer.languages.base import Comments, Language

GROOVY = Language(
    name="groovy",
    suffixes=(".groovy", ".gvy", ".gradle"),
    names=("Jenkinsfile",),
    globs=("Jenkinsfile.*",),
    family="java",
    comments=Comments(line=("//",), block=(("/*", "*/"),)),
)
