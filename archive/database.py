"""The catalogue's database: opened, brought to today's schema, its troubles turned into errors of the archive."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from threading import Lock
from urllib.parse import quote

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import DatabaseError, OperationalError

from archive.errors import ArchiveError, CannotKeep, CatalogueBusy, CatalogueDamaged
from archive.torn import sync_folder

HEAD = "0008"
_MIGRATIONS = Path(__file__).with_name("migrations")


class Database:
    """One SQLite file; made when it is first used, read without locks where this process may not write."""

    def __init__(self, path: Path, *, busy_s: float = 10.0) -> None:
        self.path = path
        self._busy_s = busy_s
        self._lock = Lock()
        self._engine: Engine | None = None
        self._opened_inode: int | None = None

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection whose statements all see one state of the catalogue."""
        with self._troubles(), self._opened().connect() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A connection that holds the only right to write; commits at the end, or nothing of it happened."""
        with (
            self._troubles(),
            self._opened().connect().execution_options(tangthu_write=True) as connection,
            connection.begin(),
        ):
            yield connection

    def close(self) -> None:
        """Close every connection."""
        with self._lock:
            if self._engine is not None:
                self._engine.dispose()
            self._engine = None

    def take_over(self, other: Path) -> None:
        """Make this catalogue hold what the one at `other` holds, in one step that readers see whole or not at all.

        A file here that is no catalogue is replaced.
        """
        self.close()
        try:
            with closing(sqlite3.connect(other)) as source, closing(sqlite3.connect(self.path, timeout=self._busy_s)) as target:
                target.execute("PRAGMA synchronous=FULL")
                source.backup(target)
        except sqlite3.OperationalError as error:
            raise self._explain(str(error)) from error
        except sqlite3.DatabaseError:
            self._replace(other)

    def _replace(self, other: Path) -> None:
        for suffix in ("-wal", "-shm"):
            Path(f"{self.path}{suffix}").unlink(missing_ok=True)
        other.replace(self.path)
        sync_folder(self.path.parent)

    def _opened(self) -> Engine:
        """The engine on the file that stands at the path now: it may have been removed and rebuilt under a running server."""
        with self._lock:
            now = self._inode()
            if self._engine is not None and now is not None and now != self._opened_inode:
                self._engine.dispose()
                self._engine = None
            if self._engine is None:
                self._engine = self._open()
                self._opened_inode = self._inode()
            return self._engine

    def _inode(self) -> int | None:
        try:
            return self.path.stat().st_ino
        except FileNotFoundError:
            return None

    def _open(self) -> Engine:
        with suppress(OSError):  # where the folder cannot be made, opening says why
            self.path.parent.mkdir(parents=True, exist_ok=True)
        if self.path.exists() and not (os.access(self.path, os.W_OK) and os.access(self.path.parent, os.W_OK)):
            return create_engine(f"sqlite:///file:{quote(str(self.path.absolute()))}?immutable=1&mode=ro&uri=true")
        engine = create_engine(f"sqlite:///{self.path}", connect_args={"timeout": self._busy_s})
        event.listen(engine, "connect", _configure)
        event.listen(engine, "begin", _begin)
        with engine.connect() as connection:
            known = connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE name = 'alembic_version'").first()
            at = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar() if known else None
        if at is not None and str(at) > HEAD:
            raise ArchiveError(f"{self.path} was made by a newer Tàng Thư (its schema is {at}, ours is {HEAD}); use that one")
        if at != HEAD:
            _upgrade(engine)
        return engine

    @contextmanager
    def _troubles(self) -> Iterator[None]:
        try:
            yield
        except OperationalError as error:
            raise self._explain(str(error.orig)) from error
        except DatabaseError as error:
            if "not a database" in str(error) or "malformed" in str(error):
                raise CatalogueDamaged(str(self.path), f"cannot be read ({error.orig})") from error
            raise

    def _explain(self, text: str) -> ArchiveError:
        if "locked" in text or "busy" in text:
            return CatalogueBusy(
                f"{self.path} has been held by another process for {self._busy_s:g} s; "
                "what was fetched is kept and is catalogued by the next command"
            )
        if "full" in text or "disk I/O" in text or "readonly" in text or "unable to open" in text:
            return CannotKeep(f"could not use {self.path}: {text}; free some space or mend the permissions")
        return CatalogueDamaged(str(self.path), f"cannot be read ({text})")


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
