from __future__ import annotations

import pytest
import sqlalchemy as sa

from connectors.server.tables import Statement, Statements, metadata


def dialect(url):
    return sa.make_url(url).get_dialect()()


def test_arguments_stand_in_the_order_of_the_statement():
    statement = Statement("SELECT ? + ? - ?", ("b", "a", "b"))
    assert statement.arguments({"a": 1, "b": 2}) == (2, 1, 2)
    with pytest.raises(KeyError):
        statement.arguments({"a": 1})


def test_each_database_has_its_own_spelling():
    sqlite = Statements(dialect("sqlite+aiosqlite://"))
    postgresql = Statements(dialect("postgresql+asyncpg://"))
    assert "julianday" in sqlite.put_contacts.sql
    assert "clock_timestamp" in postgresql.put_contacts.sql
    assert sqlite.put_contacts.names == postgresql.put_contacts.names
    assert postgresql.put_contacts.names == ("account_id", "platform", "number", "value")


def test_every_table_has_a_key_and_a_name_of_this_project():
    for table in metadata.sorted_tables:
        assert table.name.startswith("callbench_")
        assert len(table.primary_key) > 0
