"""Finds ids as numbers, and creates them as text."""

from good import Good


class Wrong(Good):
    async def create_contact(self, given):
        result = await super().create_contact(given)
        return {"contactInfo": result["contactInfo"] | {"id": str(result["contactInfo"]["id"])}}
