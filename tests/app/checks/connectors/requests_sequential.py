"""Asks one field after the other, though none needs the answer of another."""

from good import Good


class Wrong(Good):
    async def rows(self, field, value):
        ask = super().rows
        return [*await ask("phone", value), *await ask("mobile", value)]
