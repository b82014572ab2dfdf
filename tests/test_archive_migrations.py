"""A catalogue of the first revision becomes one of today with all that it held."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine, inspect, select, text

from archive import schema
from ingest.keep import DOCUMENT, passing_portal
from tangthu.house import House
from tests.test_ingest_keep import HOST, TEXT, Clock, Shop
from tests.test_ingest_mixes import ON_THE_WAY, told


def of_the_first_revision(made: Path, at: Path) -> None:
    """A catalogue of revision 0001 that holds what `made` holds, as far as that revision knew it."""
    config = Config()
    config.set_main_option("script_location", str(Path(schema.__file__).with_name("migrations")))
    engine = create_engine(f"sqlite:///{at}")
    with engine.connect() as connection, connection.begin():
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
    with engine.connect() as connection:
        connection.execute(text("ATTACH DATABASE :path AS made"), {"path": str(made)})
        for name in inspect(connection).get_table_names():
            if name != "alembic_version":
                columns = ", ".join(f'"{each["name"]}"' for each in inspect(connection).get_columns(name))
                connection.execute(text(f"INSERT INTO {name} ({columns}) SELECT {columns} FROM made.{name}"))
        connection.commit()
    engine.dispose()


def test_a_catalogue_of_the_first_revision_loses_nothing_and_a_rebuild_tells_the_same(house: House, tmp_path: Path) -> None:
    portal, clock, shop = passing_portal(HOST), Clock(), Shop(house)
    shop.keep([clock.page("/tin/1", "Thông báo một", TEXT)], portal, DOCUMENT)
    shop.keep([clock.page("/tin/1", "Thông báo một", TEXT + " Đã sửa.")], portal, DOCUMENT)
    shop.keep([clock.page("/tin/2", "Thông báo hai", TEXT)], portal, DOCUMENT)
    shop.keep([clock.status("/tin/2", "410 Gone")], portal, DOCUMENT)
    shop.keep([clock.exchange("/tin/3", b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<html></html>")], portal, DOCUMENT)
    whole = told(house, ON_THE_WAY)
    house.catalog.close()
    old = tmp_path / "old.db"
    of_the_first_revision(house.settings.catalog, old)
    for suffix in ("", "-wal", "-shm"):
        house.settings.catalog.with_name(house.settings.catalog.name + suffix).unlink(missing_ok=True)
    old.rename(house.settings.catalog)

    again = House(house.settings)
    migrated = told(again, ON_THE_WAY)
    unknown = {"versions", "events", "terms_read", "terms_shown", "counted_pages", "repeated_blocks", "unread", "rates"}
    assert {name: rows for name, rows in migrated.items() if name not in unknown} == {
        name: rows for name, rows in whole.items() if name not in unknown
    }
    with again.catalog._database.reading() as connection:
        assert connection.execute(select(schema.unread.c.code)).scalars().all() == ["not_read"]
    assert len(migrated["versions"]) == len(whole["versions"]) == 3
    assert again.rebuild(lambda count: None).damaged == ()
    assert told(again, ON_THE_WAY) == whole
