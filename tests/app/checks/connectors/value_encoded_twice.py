"""Encodes the number before the client does."""

from good import Good


class Wrong(Good):
    async def rows(self, field, value):
        return await super().rows(field, value.replace("+", "%2B"))
