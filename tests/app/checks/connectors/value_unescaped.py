"""Splices what was asked for into the request; the connection says into which kind of request."""

from good import Good

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
JSON = {"Content-Type": "application/json"}
XML = {"Content-Type": "text/xml"}


class Wrong(Good):
    async def rows(self, field, value):
        way = self.context.config["WAY"]
        ask, tell = self.http.get, self.http.post
        match way:
            case "query":
                await ask(f"https://crm.test/people?{field}={value}")
            case "form":
                await tell("https://crm.test/people/search", content=f"q={value}", headers=FORM)
            case "json":
                body = f'{{"{field}": "{value}"}}'
                await tell("https://crm.test/people/search", content=body, headers=JSON)
            case "xml":
                body = f"<find><{field}>{value}</{field}></find>"
                await tell(
                    "https://crm.test/soap", content=body, headers={"Content-Type": "text/xml"}
                )
            case "lucene":
                await ask("https://crm.test/people", params={"query": f"{field}:{value}"})
            case "sql":
                query = f"SELECT id FROM people WHERE {field} = '{value}'"
                await tell("https://crm.test/query", json={"q": query})
            case "odata":
                query = f"{field} eq '{value}'"
                await ask("https://crm.test/people", params={"$filter": query})
            case "sosl":
                await ask(
                    "https://crm.test/search", params={"q": f"FIND {{{value}}} IN ALL FIELDS"}
                )
            case "graphql":
                query = f'{{ people({field}: "{value}") {{ id }} }}'
                await tell("https://crm.test/graphql", json={"query": query})
        return []
