"""Lists a lead and a contact that have the same number as id."""

from good import Good


class Wrong(Good):
    async def contacts(self, rows):
        people = await super().contacts(rows)
        return [*people, *(person | {"type": "lead"} for person in people)]
