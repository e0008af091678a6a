"""Does not offer to create a contact."""

from good import Good


class Wrong(Good):
    async def find_contact(self, given):
        rows = await self.rows("phone", given.phone_number)
        return {"successful": True, "matchedContactInfo": await self.contacts(rows)}
