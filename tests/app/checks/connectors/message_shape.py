"""Tells the time of a message in words."""

from good import Good


class Wrong(Good):
    async def find_contact(self, given):
        result = await self.listed(given.phone_number)
        message = {"message": "Found", "messageType": "success", "ttl": "3 seconds"}
        return result | {"returnMessage": message}
