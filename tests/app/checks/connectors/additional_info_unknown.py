"""Spells the key of the deals differently from the manifest."""

from good import Good


class Wrong(Good):
    async def contacts(self, rows):
        people = await super().contacts(rows)
        return [
            person | {"additionalInfo": person["additionalInfo"] | {"Deals": []}}
            for person in people
        ]
