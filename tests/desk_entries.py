"""Efforts and log entries to try things with."""

from __future__ import annotations

from ypo_dash.model.desk import Effort, LogEntry

OTHERS = ";".join(str(s) for s in range(1, 22) if s not in (7, 8))


def effort(**more: str) -> Effort:
    """Return an effort of sector 7 that runs on the desk's day, 26/11/2012."""
    given = {
        "key": "7/aa",
        "sector": "7",
        "title": "Nights in 7 and 8",
        "problem_words": "Violence around the bars.",
        "place": "7;8",
        "against": OTHERS,
        "types": "VIOLENCE",
        "measures": "Patrol on foot.",
        "lead": "Sector manager 7",
        "start": "2011-09-01",
        "review": "2012-12-10",
        "end": "2012-12-31",
        "before": "year",
    }
    return Effort(**{**given, **more})


def log_entry(**more: str) -> LogEntry:
    """Return an entry of sector 7's log whose follow-up is due on the desk's day."""
    given = {
        "key": "7/l1",
        "sector": "7",
        "date": "2012-11-20",
        "kind": "agreement",
        "words": "Lamp at the square is out.",
        "follow_up": "2012-11-26",
        "author": "Officer 7",
    }
    return LogEntry(**{**given, **more})
