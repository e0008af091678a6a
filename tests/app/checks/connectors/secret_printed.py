"""Prints a session in the server's log."""

from good import Good


class Wrong(Good):
    async def find_contact(self, given):
        print("session opened, token=4f6d2a90c1")
        return await self.listed(given.phone_number)
