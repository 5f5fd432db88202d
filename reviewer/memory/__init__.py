"""What is remembered between runs: replies and runs that need not be computed again, what was found
before and what became of it, and what somebody decided against. None of it is in the reviewed
repository."""

from reviewer.memory.asking import Replies
from reviewer.memory.baseline import MAX_BYTES as BASELINE_BYTES
from reviewer.memory.baseline import Baseline, dump_baseline, parse_baseline
from reviewer.memory.cache import get_run, put_run, reply_key, run_key
from reviewer.memory.dismissals import Dismissal, Dismissals, dismiss, reopen
from reviewer.memory.feedback_log import FeedbackLog
from reviewer.memory.records import Recorded, repository_key
from reviewer.memory.seen import is_seen, mark_seen
from reviewer.memory.session import Session, begin, decided
from reviewer.memory.store import Store, open_store
from reviewer.memory.units import mark_read, read_before

__all__ = [
    "BASELINE_BYTES",
    "Baseline",
    "Dismissal",
    "Dismissals",
    "FeedbackLog",
    "Recorded",
    "Replies",
    "Session",
    "Store",
    "begin",
    "decided",
    "dismiss",
    "dump_baseline",
    "get_run",
    "is_seen",
    "mark_read",
    "mark_seen",
    "open_store",
    "parse_baseline",
    "put_run",
    "read_before",
    "reopen",
    "reply_key",
    "repository_key",
    "run_key",
]
