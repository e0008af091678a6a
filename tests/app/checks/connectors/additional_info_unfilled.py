"""Never fills the field that the manifest declares."""

from good import Good


class Wrong(Good):
    async def contacts(self, rows):
        return [self.contact(row) for row in rows]
