"""The catalogue's database: opened, brought to today's schema, its troubles turned into errors of the archive."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import DatabaseError, OperationalError

from archive.errors import ArchiveError, CannotKeep, CatalogueBusy, Damaged

HEAD = "0001"
_MIGRATIONS = Path(__file__).with_name("migrations")


class Database:
    """One SQLite file. A file that is swapped in under the same name (a rebuild) is noticed at the next transaction."""

    def __init__(self, path: Path, *, busy_s: float = 10.0) -> None:
        self.path = path
        self._busy_s = busy_s
        self._lock = Lock()
        self._engine: Engine | None = None
        self._inode = -1

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection whose statements all see one state of the catalogue."""
        with self._troubles(), self._current().connect() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A connection that holds the only right to write; commits at the end, or nothing of it happened."""
        with (
            self._troubles(),
            self._current().connect().execution_options(tangthu_write=True) as connection,
            connection.begin(),
        ):
            yield connection

    def close(self) -> None:
        """Close every connection."""
        with self._lock:
            if self._engine is not None:
                self._engine.dispose()
            self._engine = None

    def _current(self) -> Engine:
        with self._lock:
            inode = self.path.stat().st_ino if self.path.exists() else -1
            if self._engine is None or inode != self._inode:
                if self._engine is not None:
                    self._engine.dispose()
                self.path.parent.mkdir(parents=True, exist_ok=True)
                self._engine = self._open()
                self._inode = self.path.stat().st_ino
            return self._engine

    def _open(self) -> Engine:
        engine = create_engine(f"sqlite:///{self.path}", connect_args={"timeout": self._busy_s})
        event.listen(engine, "connect", _configure)
        event.listen(engine, "begin", _begin)
        with engine.connect() as connection:
            known = connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE name = 'alembic_version'").first()
            at = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar() if known else None
        if at != HEAD:
            _upgrade(engine)
        return engine

    @contextmanager
    def _troubles(self) -> Iterator[None]:
        try:
            yield
        except OperationalError as error:
            raise self._explain(error) from error
        except DatabaseError as error:
            if "not a database" in str(error) or "malformed" in str(error):
                raise self._damaged(error) from error
            raise

    def _explain(self, error: OperationalError) -> ArchiveError:
        text = str(error.orig)
        if "locked" in text or "busy" in text:
            return CatalogueBusy(
                f"{self.path} has been held by another process for {self._busy_s:g} s; "
                "what was fetched is kept and is catalogued by the next command"
            )
        if "full" in text or "disk I/O" in text or "readonly" in text or "unable to open" in text:
            return CannotKeep(f"could not write {self.path}: {text}; free some space or mend the permissions")
        return self._damaged(error)

    def _damaged(self, error: DatabaseError) -> Damaged:
        why = f"the catalogue cannot be read ({error.orig}); `tangthu rebuild` makes it again from the WARC files"
        return Damaged(str(self.path), 0, why)


def _configure(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves: the driver would begin too late
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")


def _begin(connection: Connection) -> None:
    write = connection.get_execution_options().get("tangthu_write")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")


def _upgrade(engine: Engine) -> None:
    from alembic import command  # a tenth of a second that only a new or old catalogue pays
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    with engine.connect().execution_options(tangthu_write=True) as connection, connection.begin():
        config.attributes["connection"] = connection
        command.upgrade(config, HEAD)
