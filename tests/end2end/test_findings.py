"""Findings in the real window: of any operation, and held against the runs before."""

from pathlib import Path

import pytest
from PySide6.QtWidgets import QListWidget

from app.connections import Connection
from tests.app.checks.toy_crm import ToyCrm

CONNECTORS = Path(__file__).parents[1] / "app" / "checks" / "connectors"
NEW = "+12125550148"


@pytest.fixture
def crm():
    opened = ToyCrm()
    yield opened
    opened.close()


@pytest.fixture
def open_connector(open_desk, crm):
    async def open_it(stem, **config):
        desk = await open_desk()
        connection = Connection(
            id=stem,
            name=stem,
            platform=str(CONNECTORS / f"{stem}.py"),
            routes={"*": crm.url},
            config=config,
        )
        desk.presenter._connections.save(connection)
        desk.presenter.connect_to(stem)
        await desk.idle()
        return desk

    return open_it


def told(desk):
    desk.presenter.inspector.flush()
    desk.presenter.match.explain()
    listed = desk.child(QListWidget, "findingsList")
    return [listed.item(row).text() for row in range(listed.count())]


async def test_a_created_contact_that_the_next_lookup_misses_is_told(open_connector):
    desk = await open_connector("created_contact_not_found")
    await desk.presenter.bench.create(NEW, "Maria de la Cruz", "contact")
    assert told(desk) == []
    desk.presenter.phone.look_up(NEW)
    await desk.idle()
    (line,) = [line for line in told(desk) if "was created" in line]
    assert "Maria de la Cruz" in line


async def test_an_id_that_changes_its_type_is_told(open_connector):
    desk = await open_connector("contact_id_type")
    await desk.presenter.bench.create(NEW, "Maria de la Cruz", "contact")
    desk.presenter.phone.look_up(NEW)
    await desk.idle()
    assert any("===" in line for line in told(desk))


async def test_a_name_search_has_findings_of_its_own(open_connector):
    desk = await open_connector("value_unescaped", WAY="sql")
    await desk.presenter.bench.search("O'Brien")
    await desk.idle()
    assert any("ends the literal" in line for line in told(desk))


async def test_another_account_has_nothing_to_do_with_it(open_connector):
    desk = await open_connector("created_contact_not_found")
    await desk.presenter.bench.create(NEW, "Maria de la Cruz", "contact")
    desk.presenter.connect_to("sandbox-insightly")
    await desk.idle()
    desk.presenter.phone.look_up(NEW)
    await desk.idle()
    assert not [line for line in told(desk) if "was created" in line]
