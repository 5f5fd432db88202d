"""A case: a change with a known answer. `schemas/case.schema.json` is generated from these models.

A case stands as one line of a JSON-lines file, or as a folder with `case.json`, and `base/` and
`head/` for its trees.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from reviewer.types import Category

Name = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$")]
RepoPath = Annotated[
    str, Field(min_length=1, max_length=1000)
]  # relative, `/`; checked again when it is written
Word = Annotated[str, Field(pattern=r"^[^\x00]*$")]  # what a program or the system can be given
LineNumber = Annotated[int, Field(ge=1)]


class StrictModel(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Tree(StrictModel):
    """Both sides as texts by path. What is only in `base` is deleted, what is only in `head` is
    added."""

    kind: Literal["tree"] = "tree"
    base: dict[RepoPath, str]
    head: dict[RepoPath, str]


class Folder(StrictModel):
    """Both sides as the folders `base/` and `head/` beside `case.json`."""

    kind: Literal["folder"] = "folder"


class Bundle(StrictModel):
    """A git bundle; `path` is relative to the file that holds the case."""

    kind: Literal["bundle"] = "bundle"
    path: Word
    base: Word
    head: Word


class Clone(StrictModel):
    """A local clone and two revisions of it. With `paths`, the base is the head with these paths as
    they are in `base`: a real fix (base = the fix, head = its parent) becomes the change that
    brings the defect back."""

    kind: Literal["clone"] = "clone"
    path: Word
    base: Word
    head: Word
    paths: tuple[RepoPath, ...] = ()


Source = Annotated[Tree | Folder | Bundle | Clone, Field(discriminator="kind")]


class Defect(StrictModel):
    """A known defect. Lines are those of the head side; for a `deletion` the two lines around what
    was removed."""

    file: RepoPath
    start_line: LineNumber
    end_line: LineNumber
    deletion: bool = False
    category: Category | None = None
    description: str = ""

    @model_validator(mode="after")
    def _in_order(self) -> Defect:
        if self.end_line < self.start_line:
            raise ValueError("end_line is before start_line")
        return self


class Tests(StrictModel):
    """How to see the defect by running it: `command` ends with 0 exactly where the defect is not.
    It runs in a copy of the head tree, only when the user says that cases may run code."""

    command: tuple[Word, ...] = Field(
        min_length=1
    )  # argument list; "{python}" stands for this interpreter
    files: dict[
        RepoPath, str
    ] = {}  # put in place for the command only: the reviewer never sees them
    failing: tuple[str, ...] = ()  # names of the tests that fail on the defect, for the reader
    timeout: Annotated[float, Field(gt=0, le=3600)] = 60.0  # seconds


class Case(StrictModel):
    """`defects` is empty for a clean change: nothing of minor or more should be said about it."""

    schema_version: Literal["1.0"] = "1.0"
    id: Name
    kind: Literal["defect", "clean"]
    language: Name
    title: str = ""
    source: Source = Folder()
    defects: tuple[Defect, ...] = ()
    tests: Tests | None = None
    tags: tuple[Name, ...] = ()  # "cross-file", for example
    licence: str = ""
    provenance: str = ""

    @model_validator(mode="after")
    def _agrees(self) -> Case:
        if (self.kind == "clean") != (not self.defects):
            raise ValueError("a defect case has defects, a clean case has none")
        return self
