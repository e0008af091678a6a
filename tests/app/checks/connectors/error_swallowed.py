"""Takes a failing CRM for one in which nobody has the number."""

from good import Good


class Wrong(Good):
    async def rows(self, field, value):
        answer = await self.http.get("https://crm.test/failing", params={field: value})
        return answer.json() if answer.is_success else []
