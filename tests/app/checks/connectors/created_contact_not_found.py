"""Stores the phone in a field that it does not search."""

from good import Good


class Wrong(Good):
    async def stored(self, row):
        return await super().stored({"name": row["name"], "fax": row["phone"]})
