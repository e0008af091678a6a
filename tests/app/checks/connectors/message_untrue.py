"""Counts the entry that creates a contact among those that were found."""

from good import Good


class Wrong(Good):
    async def find_contact(self, given):
        result = await self.listed(given.phone_number)
        text = f"Found {len(result['matchedContactInfo'])} contacts"
        message = {"message": text, "messageType": "success", "ttl": 3000}
        return result | {"returnMessage": message}
