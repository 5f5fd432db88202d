from __future__ import annotations

from reviewer.languages.base import Comments, Language

HCL = Language(
    name="hcl",
    suffixes=(".tf", ".tfvars", ".hcl", ".tofu"),
    comments=Comments(line=("#", "//"), block=(("/*", "*/"),)),
)
