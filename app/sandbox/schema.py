"""Which records and fields each CRM has: the sandbox refuses whatever is not listed here."""

from __future__ import annotations

from dataclasses import dataclass

PLATFORMS = ("insightly", "bullhorn")


@dataclass(frozen=True, slots=True)
class Entity:
    """One kind of record.

    Attributes:
        name: as the wire spells it in paths.
        id_field: the field that holds the record's id.
        fields: every field a record may have, the id included.
        read_only: fields that only the CRM itself sets.
        phones: the fields that hold phone numbers, the main one first.
        contact_type: what the page and command line call people of this kind, "" for no people.
        first_id: the id of the first record.
    """

    name: str
    id_field: str
    fields: frozenset[str]
    read_only: frozenset[str] = frozenset()
    phones: tuple[str, ...] = ()
    contact_type: str = ""
    first_id: int = 1


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_INSIGHTLY_SET_BY_CRM = _words(
    "DATE_CREATED_UTC DATE_UPDATED_UTC CREATED_USER_ID LAST_ACTIVITY_DATE_UTC "
    "NEXT_ACTIVITY_DATE_UTC LINKS"
)
_INSIGHTLY_ANY = _words("CUSTOMFIELDS TAGS OWNER_USER_ID VISIBLE_TO") | _INSIGHTLY_SET_BY_CRM
_INSIGHTLY_PERSON = _INSIGHTLY_ANY | _words(
    "SALUTATION FIRST_NAME LAST_NAME TITLE IMAGE_URL PHONE EMAIL_OPTED_OUT"
)

INSIGHTLY = {
    entity.name: entity
    for entity in (
        Entity(
            "contacts",
            "CONTACT_ID",
            _INSIGHTLY_PERSON
            | _words(
                "CONTACT_ID BACKGROUND SOCIAL_LINKEDIN SOCIAL_FACEBOOK SOCIAL_TWITTER "
                "DATE_OF_BIRTH PHONE_HOME PHONE_MOBILE PHONE_OTHER PHONE_ASSISTANT PHONE_FAX "
                "EMAIL_ADDRESS ASSISTANT_NAME ADDRESS_MAIL_STREET ADDRESS_MAIL_CITY "
                "ADDRESS_MAIL_STATE ADDRESS_MAIL_POSTCODE ADDRESS_MAIL_COUNTRY "
                "ADDRESS_OTHER_STREET ADDRESS_OTHER_CITY ADDRESS_OTHER_STATE "
                "ADDRESS_OTHER_POSTCODE ADDRESS_OTHER_COUNTRY ORGANISATION_ID DATES"
            ),
            _INSIGHTLY_SET_BY_CRM,
            ("PHONE", "PHONE_MOBILE", "PHONE_HOME", "PHONE_OTHER", "PHONE_ASSISTANT", "PHONE_FAX"),
            "Contact",
            312_400_001,
        ),
        Entity(
            "leads",
            "LEAD_ID",
            _INSIGHTLY_PERSON
            | _words(
                "LEAD_ID MOBILE FAX EMAIL LEAD_SOURCE_ID LEAD_STATUS_ID LEAD_DESCRIPTION "
                "LEAD_RATING INDUSTRY NUMBER_OF_EMPLOYEES ORGANISATION_NAME WEBSITE "
                "RESPONSIBLE_USER_ID ADDRESS_STREET ADDRESS_CITY ADDRESS_STATE ADDRESS_POSTCODE "
                "ADDRESS_COUNTRY CONVERTED CONVERTED_CONTACT_ID CONVERTED_DATE_UTC "
                "CONVERTED_OPPORTUNITY_ID CONVERTED_ORGANISATION_ID"
            ),
            _INSIGHTLY_SET_BY_CRM,
            ("PHONE", "MOBILE", "FAX"),
            "Lead",
            81_200_001,
        ),
        Entity(
            "organisations",
            "ORGANISATION_ID",
            _INSIGHTLY_ANY | _words("ORGANISATION_ID ORGANISATION_NAME PHONE WEBSITE BACKGROUND"),
            _INSIGHTLY_SET_BY_CRM,
            first_id=140_100_001,
        ),
        Entity(
            "opportunities",
            "OPPORTUNITY_ID",
            _INSIGHTLY_ANY
            | _words(
                "OPPORTUNITY_ID OPPORTUNITY_NAME OPPORTUNITY_STATE OPPORTUNITY_DETAILS "
                "BID_AMOUNT BID_CURRENCY PROBABILITY"
            ),
            _INSIGHTLY_SET_BY_CRM,
            first_id=35_600_001,
        ),
        Entity(
            "projects",
            "PROJECT_ID",
            _INSIGHTLY_ANY | _words("PROJECT_ID PROJECT_NAME STATUS PROJECT_DETAILS"),
            _INSIGHTLY_SET_BY_CRM,
            first_id=9_800_001,
        ),
        Entity(
            "events",
            "EVENT_ID",
            _INSIGHTLY_ANY
            | _words(
                "EVENT_ID TITLE DETAILS LOCATION START_DATE_UTC END_DATE_UTC ALL_DAY "
                "REMINDER_DATE_UTC REMINDER_SENT"
            ),
            _INSIGHTLY_SET_BY_CRM,
            first_id=57_300_001,
        ),
    )
}

_BULLHORN_ANY = _words("id isDeleted dateAdded dateLastModified")
_BULLHORN_PERSON = _BULLHORN_ANY | _words(
    "name firstName middleName lastName namePrefix nameSuffix nickName email email2 email3 phone "
    "phone2 phone3 mobile fax status comments description occupation companyName owner "
    "clientCorporation address type source externalID customText1 customText2 customText3 "
    "dateLastComment"
)
_BULLHORN_SET_BY_CRM = _words("dateLastModified")

BULLHORN = {
    entity.name: entity
    for entity in (
        Entity(
            "ClientContact",
            "id",
            _BULLHORN_PERSON | _words("dateLastVisit division office"),
            _BULLHORN_SET_BY_CRM,
            ("phone", "mobile", "phone2", "phone3", "fax"),
            "Contact",
            4001,
        ),
        Entity(
            "Candidate",
            "id",
            _BULLHORN_PERSON | _words("workPhone skillSet salary"),
            _BULLHORN_SET_BY_CRM,
            ("phone", "mobile", "workPhone", "phone2", "phone3", "fax"),
            "Candidate",
            10001,
        ),
        Entity(
            "Lead",
            "id",
            _BULLHORN_PERSON | _words("leadSource priority"),
            _BULLHORN_SET_BY_CRM,
            ("phone", "mobile", "phone2", "phone3", "fax"),
            "Lead",
            701,
        ),
        Entity(
            "ClientCorporation",
            "id",
            _BULLHORN_ANY | _words("name phone status companyDescription companyURL"),
            _BULLHORN_SET_BY_CRM,
            first_id=201,
        ),
        Entity(
            "Note",
            "id",
            _BULLHORN_ANY
            | _words(
                "comments personReference action externalID minutesSpent commentingPerson "
                "candidates clientContacts leads"
            ),
            _BULLHORN_SET_BY_CRM | _words("candidates clientContacts leads"),
            first_id=90001,
        ),
    )
}

ENTITIES: dict[str, dict[str, Entity]] = {"insightly": INSIGHTLY, "bullhorn": BULLHORN}


def people_entities(platform: str) -> list[Entity]:
    """Return the kinds of people that a CRM keeps, the usual one first."""
    return [entity for entity in ENTITIES[platform].values() if entity.contact_type]


INSIGHTLY_CUSTOM_FIELDS = ("DIRECT_LINE__c", "PRIVATE_PHONE__c")
"""Custom fields of Insightly's contacts and leads; both hold phone numbers."""

INSIGHTLY_LINKS = {
    "Contact": "contacts",
    "Lead": "leads",
    "Organisation": "organisations",
    "Opportunity": "opportunities",
    "Project": "projects",
}
"""``LINK_OBJECT_NAME`` -> entity."""
