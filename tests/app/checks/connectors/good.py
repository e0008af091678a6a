"""Does everything as it should be. The others in this folder each get one thing wrong."""

import asyncio

from connectors.contract.connector import Connector

CRM = "https://crm.test"


class Good(Connector):
    auth_type = "other"

    async def find_contact(self, given):
        return await self.listed(given.phone_number)

    async def find_contact_with_name(self, given):
        rows = await self.rows("name", given.name)
        return {"successful": True, "matchedContactInfo": await self.contacts(rows)}

    async def create_contact(self, given):
        row = await self.stored({"name": given.new_contact_name, "phone": given.phone_number})
        return {"contactInfo": {"id": row["id"], "name": row["name"], "type": "contact"}}

    async def create_call_log(self, given):
        row = (await self.http.post(f"{CRM}/calls", json={"note": given.note})).json()
        return {"logId": str(row["id"])}

    async def listed(self, number):
        contacts = await self.contacts(await self.rows("phone", number))
        return {"successful": True, "matchedContactInfo": [*contacts, self.new_entry()]}

    async def rows(self, field, value):
        answer = await self.http.get(f"{CRM}/people", params={field: value})
        answer.raise_for_status()
        return answer.json()

    async def contacts(self, rows):
        deals = await asyncio.gather(*(self.deals(row) for row in rows))
        return [
            self.contact(row) | {"additionalInfo": {"deals": options}}
            for row, options in zip(rows, deals, strict=True)
        ]

    async def deals(self, row):
        answer = await self.http.get(f"{CRM}/people/{row['id']}/deals")
        return [{"const": deal["id"], "title": deal["name"]} for deal in answer.json()]

    async def stored(self, row):
        answer = await self.http.post(f"{CRM}/people", json=row)
        answer.raise_for_status()
        return answer.json()

    def contact(self, row):
        return {
            "id": row["id"],
            "name": row["name"],
            "type": "contact",
            "phone": row["phone"],
            "createdDate": row["created"],
        }

    def new_entry(self):
        return {"id": "createNewContact", "name": "Create new contact...", "isNewContact": True}
