from __future__ import annotations

from reviewer.languages.base import Comments, Language, Scopes
from reviewer.languages.hcl_outline import outline

HCL = Language(
    name="hcl",
    suffixes=(".tf", ".tfvars", ".hcl", ".tofu"),
    outline=outline,
    scopes=Scopes(sees="folder", written=True),
    quotes=(),  # strings hold expressions: "${var.region}"
    comments=Comments(line=("#", "//"), block=(("/*", "*/"),)),
)
