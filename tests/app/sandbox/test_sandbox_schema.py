from __future__ import annotations

import pytest

from app.sandbox.schema import (
    ENTITIES,
    INSIGHTLY,
    INSIGHTLY_LINKS,
    PLATFORMS,
    people_entities,
)

ALL = [entity for entities in ENTITIES.values() for entity in entities.values()]


@pytest.mark.parametrize("entity", ALL, ids=lambda entity: entity.name)
def test_an_entity_speaks_only_of_its_own_fields(entity):
    assert {entity.id_field, *entity.phones, *entity.read_only} <= entity.fields
    assert bool(entity.phones) is bool(entity.contact_type)


@pytest.mark.parametrize("platform", PLATFORMS)
def test_ids_of_two_kinds_begin_apart(platform):
    starts = [entity.first_id for entity in ENTITIES[platform].values()]
    assert len(set(starts)) == len(starts)


def test_people_come_with_the_usual_kind_first():
    assert [entity.contact_type for entity in people_entities("insightly")] == ["Contact", "Lead"]
    assert [entity.name for entity in people_entities("bullhorn")] == [
        "ClientContact",
        "Candidate",
        "Lead",
    ]


def test_a_link_leads_to_an_entity():
    assert set(INSIGHTLY_LINKS.values()) <= set(INSIGHTLY)
