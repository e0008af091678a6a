"""Searches a field that the CRM has no index for."""

from good import Good


class Wrong(Good):
    async def rows(self, field, value):
        return (await self.http.get("https://crm.test/slow", params={field: value})).json()
