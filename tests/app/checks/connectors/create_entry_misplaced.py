"""Offers to create a contact before the one that was found."""

from good import Good


class Wrong(Good):
    async def find_contact(self, given):
        result = await self.listed(given.phone_number)
        return result | {"matchedContactInfo": result["matchedContactInfo"][::-1]}
