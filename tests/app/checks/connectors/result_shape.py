"""Returns the bare list of contacts."""

from good import Good


class Wrong(Good):
    async def find_contact(self, given):
        return (await self.listed(given.phone_number))["matchedContactInfo"]
