from dataclasses import dataclass


@dataclass(frozen=True)
class Entry:
    id: int
    title: str
    published: str


class Entries:
    def __init__(self, entries=()):
        self._entries = list(entries)

    def add(self, entry):
        self._entries.append(entry)

    def newest(self):
        return sorted(self._entries, key=lambda entry: (entry.published, entry.id), reverse=True)
