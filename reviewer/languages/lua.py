from __future__ import annotations

from reviewer.languages.base import Comments, Grammar, Language
from reviewer.languages.grammar import outline

LUA = Language(
    name="lua",
    suffixes=(".lua", ".rockspec"),
    grammar=Grammar("lua", functions=("function_declaration",), values=("assignment_statement",)),
    outline=outline,
    comments=Comments(line=("--",), block=(("--[[", "]]"),)),
)
