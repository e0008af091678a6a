"""Spreads secrets over everything that a connector can send, print, raise, report and return.

Each place has a canary of its own. `tests/end2end/canary_crm.py` answers with further ones.
"""

import base64
import json
import logging
import os
import threading
from urllib.parse import quote

from connectors.contract.connector import Connector

CRM = "https://crm.test"


def canary(place):
    """The secret of a place: some of its signs are spelled otherwise in URLs, JSON and base64."""
    return f"Zq7+{place}9x1c5e8b/0d"


def multipart(**fields):
    parts = [
        f'--edge\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in fields.items()
    ]
    return "".join(parts) + "--edge--\r\n"


class Canary(Connector):
    async def get_basic_auth(self, given):
        return base64.b64encode(f"{given.api_key}:".encode()).decode()

    async def find_contact(self, given):
        """The URL, the headers, the answer, and what is printed of it."""
        key = given.user.access_token
        answer = await self.http.get(
            f"{CRM}/people",
            params={"phone": given.phone_number, "access_token": canary("query")},
            headers={
                "Authorization": given.auth_header,
                "Cookie": f"lang=en; sid={canary('cookie')}",
                "X-Api-Key": canary("header"),
                "bhRestToken": canary("bullhorn"),
                "Referer": f"{CRM}/?token={canary('referer')}",
            },
        )
        person, session = answer.json()["people"][0], answer.json()["access_token"]
        await self.http.get(f"https://ada:{quote(canary('userinfo'), safe='')}@crm.test/deals")
        await self.http.get(f"{CRM}/deals/{quote(key, safe='')}/{session}")
        print("opened", session, "with", key, "for", person["name"], given.phone_number)
        print(json.dumps({"password": canary("printed"), "set-cookie": canary("line")}))
        print("base64", base64.b64encode(f"user:{key}".encode()).decode(), "end")
        print(dict(answer.request.headers), dict(answer.headers))
        print("the cookie is", answer.headers["set-cookie"].partition("=")[2].partition(";")[0])
        contact = {
            "id": person["id"],
            "name": person["name"],
            "type": "contact",
            "createdDate": "2026-08-01T09:30:00Z",
            "additionalInfo": {"token": canary("returned"), "note": f"{session} {key}"},
        }
        entry = {"id": "createNewContact", "name": "Create new contact...", "isNewContact": True}
        return {"successful": True, "matchedContactInfo": [contact, entry]}

    async def find_contact_with_name(self, given):
        """Bodies of each kind."""
        form = {"client_secret": canary("form"), "name": given.name}
        await self.http.post(f"{CRM}/form", data=form)
        await self.http.post(
            f"{CRM}/json", json={"who": given.name, "deep": [{"password": canary("json")}]}
        )
        xml = f"<s:login><s:sessionToken>{canary('xml')}</s:sessionToken></s:login>"
        await self.http.post(f"{CRM}/soap", content=xml, headers={"Content-Type": "text/xml"})
        await self.http.post(
            f"{CRM}/parts",
            content=multipart(password=canary("part"), name=given.name),
            headers={"Content-Type": "multipart/form-data; boundary=edge"},
        )
        self.context.report("SESSION", f"{given.user.access_token} is old, jwt={canary('report')}")
        message = {
            "message": f"Ask for {canary('form')} and {given.user.access_token}",
            "messageType": "warning",
            "ttl": 3000,
        }
        return {"successful": True, "matchedContactInfo": [], "returnMessage": message}

    async def create_contact(self, given):
        """An error page in HTML, and an error with all of it in its text."""
        page = (await self.http.get(f"{CRM}/broken", params={"secret": canary("broken")})).text
        raise ValueError(
            f"GET {CRM}/broken?secret={canary('broken')} failed for {given.user.access_token}, "
            f"Authorization: Bearer {canary('raised')}: {page}"
        )

    async def create_call_log(self, given):
        """Everything that is printed elsewhere than to the console."""
        key = given.user.access_token
        logging.getLogger("canary").warning("logged %s and token=%s", key, canary("logged"))
        os.write(2, f"past the console: {key} api_key={canary('past')}\n".encode())
        thread = threading.Thread(target=print, args=(f"a thread: {key} pwd={canary('thread')}",))
        thread.start()
        thread.join()
        os.write(1, f"at the protocol: {key}\n".encode())
        os._exit(3)
