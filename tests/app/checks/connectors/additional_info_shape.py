"""Gives the names of the deals instead of options."""

from good import Good


class Wrong(Good):
    async def deals(self, row):
        return [option["title"] for option in await super().deals(row)]
