"""What the workspace holds and what an import did, as records and as text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ypo_dash.store.report import ImportReport
    from ypo_dash.store.snapshot import Snapshot


def status_record(snapshot: Snapshot) -> dict[str, Any]:
    """Return the status as plain values."""
    span = snapshot.span
    return {
        "snapshot": snapshot.id,
        "name": snapshot.district.name,
        "simulated": snapshot.district.simulated,
        **snapshot.totals,
        "from": span[0].isoformat() if span else None,
        "to": span[1].isoformat() if span else None,
        "imports": [
            {k: v for k, v in record.items() if k != "key"} for record in snapshot.manifest.imports
        ],
    }


def status_text(snapshot: Snapshot) -> str:
    """Return the status for a person."""
    r = status_record(snapshot)
    lines = [
        f"{r['name']}{' (simulated data)' if r['simulated'] else ''}, snapshot {r['snapshot']}",
        f"incidents {r['incidents']}",
        f"mapped {r['mapped']}"
        + (
            f" (of these {r['sector_only']} by sector only, without a point)"
            if r["sector_only"]
            else ""
        ),
        f"not mapped {r['not_mapped']} (no coordinates {r['no_coordinates']}, outside {r['outside']})",
        f"dates {r['from']} to {r['to']}" if r["from"] else "no incidents yet",
    ]
    lines += [
        f"import {record['time']}  {', '.join(record['files'])}  profile {record['profile']}: read {record['read']}, new {record['new']}, updated {record['updated']}, unchanged {record['unchanged']}, rejected {record['rejected']}"
        for record in r["imports"]
    ]
    return "\n".join(lines)


_COUNTS = (
    "read",
    "new",
    "updated",
    "unchanged",
    "rejected",
    "filtered",
    "no_coordinates",
    "outside",
    "sector_only",
    "times_ambiguous",
    "times_nonexistent",
    "ends_before_start",
    "identical_rows",
)


def import_summary(report: ImportReport, *, text: bool = False) -> Any:
    """Return an import's summary as a record, or as lines for a person."""
    record: dict[str, Any] = {
        "snapshot": report.snapshot,
        "changed": report.changed,
        "dry_run": report.dry_run,
        "files": report.files,
        "profile": report.profile,
    }
    record |= {name: getattr(report, name) for name in _COUNTS}
    record |= {
        "not_mapped": report.not_mapped,
        "rejects_file": report.rejects_file,
        "reasons": report.reasons,
        "already_imported": report.already,
    }
    return _lines(report) if text else record


def _lines(report: ImportReport) -> list[str]:
    lines = []
    if report.already:
        lines.append(f"This was already imported on {report.already}; nothing was changed.")
    if report.dry_run:
        lines.append("Dry run: nothing was changed.")
    lines += [
        f"{name} {getattr(report, name)}"
        for name in ("read", "new", "updated", "unchanged", "rejected", "filtered")
    ]
    lines.append(
        f"not mapped {report.not_mapped} (no coordinates {report.no_coordinates}, outside {report.outside})"
    )
    remarks = {
        "sector_only": "have a sector but no point: they count in sectors, in no hexagon",
        "times_ambiguous": "times stood twice on the clock (end of summer time): taken as the first",
        "times_nonexistent": "times did not exist on the clock (start of summer time): moved to the first that did",
        "ends_before_start": "had an end before the start: the start alone is taken",
        "identical_rows": "rows equal another row in every column; without an id of their own each counts as an incident",
    }
    lines += [
        f"{getattr(report, name)} {remark}"
        for name, remark in remarks.items()
        if getattr(report, name)
    ]
    lines += [f"rejected because {reason}: {n}" for reason, n in list(report.reasons.items())[:12]]
    if report.rejects_file:
        lines.append(f"rejected rows: {report.rejects_file}")
    lines.append(f"snapshot {report.snapshot}")
    return lines
