"""Fill the simulated district's desk: contacts, logs, partners, efforts and the rest, all invented."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ypo_dash.model.desk import KINDS
from ypo_dash.people import desk
from ypo_dash.people.access import Access
from ypo_dash.people.desk_files import take_new
from ypo_dash.store.demo import DATA
from ypo_dash.store.reader import open_snapshot
from ypo_dash.views.simulated_threat import simulate_assessments

if TYPE_CHECKING:
    from ypo_dash.store.workspace import Workspace

FOLDER = DATA / "desk"
AUTHOR = "simulation"


def fill_desk(workspace: Workspace) -> dict[str, int]:
    """Put the simulated entries into a simulated workspace; returns how many are new, by kind.

    What is there already stays as it is, so that it can be filled again at any time.
    """
    access, snapshot = Access(workspace.home), open_snapshot(workspace)
    words = desk.known(snapshot)
    done = {}
    for name, kind in KINDS.items():
        path = FOLDER / f"{name}.csv"
        done[name] = take_new(access.database, kind, path, words, AUTHOR).new
    done["assessment"] = simulate_assessments(access, snapshot)
    access.database.engine.dispose()  # the folder may be about to move
    return done
