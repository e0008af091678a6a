"""Gives every created contact the id of the first one in the CRM."""

from good import Good


class Wrong(Good):
    async def create_contact(self, given):
        result = await super().create_contact(given)
        return {"contactInfo": result["contactInfo"] | {"id": 7}}
