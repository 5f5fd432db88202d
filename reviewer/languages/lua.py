from __future__ import annotations

from reviewer.languages import lexis
from reviewer.languages.base import Comments, Grammar, Language, Syntax
from reviewer.languages.grammar import outline
from reviewer.languages.lua_modules import REQUIRED, LuaModules, bound

LUA = Language(
    name="lua",
    suffixes=(".lua", ".rockspec"),
    grammar=Grammar(
        "lua",
        functions=("function_declaration",),
        values=("assignment_statement",),
        bound=bound,
        required=REQUIRED,
    ),
    outline=outline,
    modules=LuaModules,
    syntax=Syntax(lexis=lexis.LUA),
    comments=Comments(line=("--",), block=(("--[[", "]]"),)),
)
