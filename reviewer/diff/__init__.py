"""Unified diffs as values: patch bytes in, `FileDiff`s with exact line maps out.

sections  the files of a patch, in order
headers   what stands before the hunks of a file
hunks     hunks and their line maps
names     quoted names and their prefixes

Reads what `git apply` reads, as it reads it: git's own patches, those of `diff -u`, and mails. The
counts of a hunk header are followed strictly, and bytes are split at `\\n` only, so no content can
pose as a header. Stricter than git in what it drops without a word: lines that look like part of a
hunk but belong to none, and files whose content is missing, are errors.
"""

from reviewer.diff.sections import Section, blob_id, parse, sections

__all__ = ["Section", "blob_id", "parse", "sections"]
