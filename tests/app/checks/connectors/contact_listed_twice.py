"""Adds up the answers of two phone fields."""

from good import Good


class Wrong(Good):
    async def contacts(self, rows):
        return await super().contacts([*rows, *rows])

    async def deals(self, row):
        return []
