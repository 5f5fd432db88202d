"""State kept between runs: cached replies and runs, earlier findings and their outcomes, and
dismissals. None of it lives in the reviewed repository."""

from reviewer.memory.asking import ReplyCache
from reviewer.memory.baseline import MAX_BYTES as BASELINE_BYTES
from reviewer.memory.baseline import Baseline, dump_baseline, parse_baseline
from reviewer.memory.cache import get_run, put_run, reply_key, run_key
from reviewer.memory.commits import known_clean, mark_clean
from reviewer.memory.dismissals import Dismissal, Dismissals, dismiss, reopen, valid_reason
from reviewer.memory.feedback_log import FeedbackLog
from reviewer.memory.records import Recorded, repository_key
from reviewer.memory.reports import remember_reports, reports
from reviewer.memory.seen import is_seen, mark_seen
from reviewer.memory.session import Session, begin, load_dismissals
from reviewer.memory.store import Store, open_store
from reviewer.memory.units import mark_read, read_before

__all__ = [
    "BASELINE_BYTES",
    "Baseline",
    "Dismissal",
    "Dismissals",
    "FeedbackLog",
    "Recorded",
    "ReplyCache",
    "Session",
    "Store",
    "begin",
    "dismiss",
    "dump_baseline",
    "get_run",
    "is_seen",
    "known_clean",
    "load_dismissals",
    "mark_clean",
    "mark_read",
    "mark_seen",
    "open_store",
    "parse_baseline",
    "put_run",
    "read_before",
    "remember_reports",
    "reopen",
    "reply_key",
    "reports",
    "repository_key",
    "run_key",
    "valid_reason",
]
