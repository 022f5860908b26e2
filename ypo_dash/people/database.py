"""The relational store: SQLite in the workspace, or PostgreSQL by URL; always at the newest migration."""

from __future__ import annotations

import fcntl
import weakref
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import create_engine, event, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, SQLAlchemyError
from sqlalchemy.orm import Session

from ypo_dash.model.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Engine

MIGRATIONS = Path(__file__).parent / "migrations"
SQLITE = "people.sqlite"
_LOCK = 0x79706F  # of our migrations among PostgreSQL's advisory locks


class Database:
    """The engine, at the newest migration, and sessions from it."""

    def __init__(self, url: str, lock: Path) -> None:
        self.url = url
        self.engine = _engine(url)
        # Whoever lets go of a database closes its connections.
        weakref.finalize(self, self.engine.dispose)
        self._lock = lock

    @classmethod
    def sqlite(cls, home: Path) -> Database:
        """Return the workspace's own database."""
        return cls(f"sqlite:///{home / SQLITE}", home / f"{SQLITE}.lock")

    @contextmanager
    def session(self) -> Iterator[Session]:
        """Yield a session whose changes are committed at its end, or none of them.

        Raises
        ------
        InputError
            The database can't be reached.
        """
        with Session(self.engine, expire_on_commit=False) as session, session.begin():
            yield session

    def forget_erased(self) -> None:
        """Take what was erased out of SQLite's write-ahead log too; PostgreSQL vacuums by itself."""
        if self.engine.dialect.name == "sqlite":
            with self.engine.connect() as connection:
                connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))

    def migrate(self) -> None:
        """Bring the database to the newest migration; safe beside other processes.

        Raises
        ------
        InputError
            The database can't be reached, or is of a newer version of ypo-dash.
        """
        try:
            self._migrate()
        except SQLAlchemyError as error:
            shown = make_url(self.url).render_as_string(hide_password=True)
            raise InputError(
                f"the database can't be used: {_first_line(error)}",
                value=shown,
                remedy="See [database] url in access.toml",
            ) from error

    def _migrate(self) -> None:
        # Here and not above: it takes a quarter of a second to import, in every command.
        from alembic import command
        from alembic.config import Config
        from alembic.migration import MigrationContext
        from alembic.script import ScriptDirectory

        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS))
        script = ScriptDirectory.from_config(config)
        newest, known = script.get_current_head(), {r.revision for r in script.walk_revisions()}
        with self._lock.open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            with self.engine.begin() as connection:
                if connection.dialect.name == "postgresql":
                    connection.execute(text("SELECT pg_advisory_xact_lock(:n)"), {"n": _LOCK})
                current = MigrationContext.configure(connection).get_current_revision()
                if current == newest:
                    return
                if current is not None and current not in known:
                    raise InputError(
                        "the database is of a newer version of ypo-dash than this",
                        value=current,
                        remedy="Install that version, or restore a copy of the database",
                    )
                config.attributes["connection"] = connection
                command.upgrade(config, "head")


def _engine(url: str) -> Engine:
    try:
        made = make_url(url)
    except ArgumentError as error:
        raise InputError("this is not a database URL", column="database.url") from error
    if made.drivername in ("postgres", "postgresql"):
        made = made.set(drivername="postgresql+psycopg")
    if made.get_backend_name() not in ("sqlite", "postgresql"):
        raise InputError(
            "only SQLite and PostgreSQL can hold the accounts",
            column="database.url",
            value=made.get_backend_name(),
        )
    engine = create_engine(made, pool_pre_ping=made.get_backend_name() == "postgresql")
    if made.get_backend_name() == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _record: object) -> None:
    cursor = connection.cursor()
    # Readers beside one writer; a writer waits for another instead of failing at once. What is
    # erased is overwritten with zeros, not left in the file's free pages.
    for pragma in ("journal_mode=WAL", "busy_timeout=10000", "foreign_keys=ON", "secure_delete=ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _first_line(error: SQLAlchemyError) -> str:
    return str(getattr(error, "orig", None) or error).splitlines()[0]


def now() -> datetime:
    """Return the time; tests replace it to travel."""
    return datetime.now(UTC)
