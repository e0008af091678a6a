"""Runs a ``proxyConfig`` as production runs it (connectors.md 4.9, contact-flow.md 2).

What production does with a config, also where it hurts, is done here: a create without an id is
reported as a failure after the record was made, one person may be listed twice, an operation that
is missing is answered without a request. What the author should know of it is reported.

Where this departs from production:

- The file is the config: a ``proxyConfig`` in an operation's input, and a ``proxyId``, are passed
  over.
- A failed request raises the contract's errors, so that core sees the same status and the reader
  a sentence.
- A write does not follow a redirect to another host; a read does, without credentials.
- A path reaches data only, no methods of a language (``body.items.length`` is data).
- A multipart body is refused.
"""

from __future__ import annotations

import asyncio
import base64
import json
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, ClassVar
from urllib.parse import urlsplit

from connectors.contract import model
from connectors.contract.connector import Connector
from connectors.contract.errors import ConnectorError, CrmUnavailableError, InvalidInputError
from connectors.contract.http import check_status, send
from connectors.contract.model import to_wire
from connectors.proxy import mapping, variables
from connectors.proxy.config import ConfigReading, ListOperation, Operation
from connectors.proxy.json_text import parse
from connectors.proxy.request import ProxyRequest, build_request
from connectors.proxy.template import TemplateError

NOT_SUPPORTED = mapping.message("Not supported", 2000, "warning")


class ProxyConnector(Connector):
    """A connector written as JSON; :func:`connector_of` makes the class of one config."""

    reading: ClassVar[ConfigReading]

    def get_auth_type(self) -> str:
        """Return ``auth.type``, an API key unless given."""
        return self.reading.config.auth.type or "apiKey"

    def get_log_format_type(self) -> str:
        """Return ``meta.logFormat``; without one core composes no body."""
        about = self.reading.config.meta
        return (about.log_format if about else None) or ""

    def get_basic_auth(self, request: model.GetBasicAuthInput) -> str:
        """Return the key as core puts it behind ``Basic``."""
        return base64.b64encode(f"{request.api_key}:".encode()).decode()

    async def get_user_info(self, request: model.GetUserInfoInput) -> dict[str, Any]:
        """Ask who is connected.

        Raises:
            ConnectorError: the request failed.
        """
        operation = self.reading.config.operations.get_user_info
        if operation is None:
            said = (
                "Could not load user information. The platform does not support getUserInfo "
                "operation."
            )
            self._report_missing("getUserInfo", "nobody can connect")
            return {"successful": False, "returnMessage": mapping.message(said, 1000, "warning")}
        inputs = {
            "additionalInfo": request.additional_info,
            "apiKey": request.api_key,
            "hostname": request.hostname,
            "platform": request.platform,
        }
        body = await self._ask("getUserInfo", operation, inputs, None, request.auth_header)
        info, said = mapping.user_info(body, operation.response_mapping, inputs, request.platform)
        return {
            "successful": True,
            "platformUserInfo": info,
            "returnMessage": mapping.message(said, 1000),
        }

    async def unauthorize(self, request: model.OperationInput) -> dict[str, Any]:
        """Tell the CRM that the user leaves, and forget the tokens.

        Raises:
            ConnectorError: the request failed.
        """
        operation = self.reading.config.operations.un_authorize
        if operation is not None:
            await self._ask("unAuthorize", operation, {}, request.user, "")
        self.context.save_user(access_token="", refresh_token="")
        return {"successful": True, "returnMessage": mapping.message("Logged out", 1000)}

    async def find_contact(self, request: model.FindContactInput) -> dict[str, Any]:
        """Find the contacts with a phone number.

        Raises:
            ConnectorError: the request failed, or its answer has no list.
        """
        inputs = {
            "phoneNumber": request.phone_number,
            "parsedPhoneNumber": variables.parsed_phone_number(request.phone_number),
            "overridingFormat": request.overriding_format,
            "isExtension": request.is_extension,
        }
        operation = self.reading.config.operations.find_contact
        return await self._find("findContact", operation, inputs, request)

    async def find_contact_with_name(
        self, request: model.FindContactWithNameInput
    ) -> dict[str, Any]:
        """Find the contacts with a name.

        Raises:
            ConnectorError: the request failed, or its answer has no list.
        """
        operation = self.reading.config.operations.find_contact_with_name
        return await self._find("findContactWithName", operation, {"name": request.name}, request)

    async def create_contact(self, request: model.CreateContactInput) -> dict[str, Any]:
        """Create a contact.

        Raises:
            ConnectorError: the request failed.
        """
        operation = self.reading.config.operations.create_contact
        if operation is None:
            return {"contactInfo": None} | self._not_supported("createContact")
        inputs = {
            "phoneNumber": request.phone_number,
            "newContactName": request.new_contact_name,
            "newContactType": request.new_contact_type,
            "additionalSubmission": request.additional_submission,
        }
        body = await self._perform("createContact", operation, inputs, request)
        return {
            "contactInfo": mapping.created_contact(body, operation.response_mapping),
            "returnMessage": mapping.message("Contact created", 2000),
        }

    async def create_call_log(self, request: model.CreateCallLogInput) -> dict[str, Any]:
        """Log a call.

        Raises:
            ConnectorError: the request failed.
        """
        operation = self.reading.config.operations.create_call_log
        if operation is None:
            return self._not_supported("createCallLog")
        call = variables.given_only(to_wire(request.call_log))
        inputs = {
            **_others(request),
            "contactInfo": variables.given_only(to_wire(request.contact_info)),
            "callLog": call,
            "subject": variables.subject_of(call, request.contact_info.name),
            **variables.call_times(
                request.call_log.start_time, request.call_log.duration, datetime.now(UTC)
            ),
        }
        body = await self._perform("createCallLog", operation, inputs, request)
        log_id = mapping.log_id(body, operation.response_mapping)
        result: dict[str, Any] = {} if log_id is None else {"logId": log_id}
        return result | {"returnMessage": mapping.message("Call logged", 2000)}

    async def get_call_log(self, request: model.GetCallLogInput) -> dict[str, Any]:
        """Read a logged call.

        Raises:
            ConnectorError: the request failed.
        """
        operation = self.reading.config.operations.get_call_log
        if operation is None:
            return {"callLogInfo": None} | self._not_supported("getCallLog")
        inputs = {"thirdPartyLogId": request.call_log_id, "contactId": request.contact_id}
        body = await self._perform("getCallLog", operation, inputs, request)
        return {
            "callLogInfo": mapping.call_log(body, operation.response_mapping),
            "returnMessage": mapping.message("Call log fetched.", 3000),
        }

    async def update_call_log(self, request: model.UpdateCallLogInput) -> dict[str, Any]:
        """Change a logged call.

        Raises:
            ConnectorError: the request failed.
        """
        operation = self.reading.config.operations.update_call_log
        if operation is None:
            return self._not_supported("updateCallLog")
        inputs = {
            **_others(request),
            "thirdPartyLogId": request.existing_call_log.third_party_log_id,
            "existingCallLog": variables.given_only(to_wire(request.existing_call_log)),
            "existingCallLogDetails": request.existing_call_log_details,
            **variables.call_times(request.start_time, request.duration, datetime.now(UTC)),
        }
        await self._perform("updateCallLog", operation, inputs, request)
        return {
            "updatedNote": None,
            "returnMessage": mapping.message("Call log updated.", 3000),
        }

    async def upsert_call_disposition(
        self, request: model.UpsertCallDispositionInput
    ) -> dict[str, Any]:
        """Set the dispositions of a logged call.

        Raises:
            ConnectorError: the request failed.
        """
        operation = self.reading.config.operations.upsert_call_disposition
        if operation is None:
            return self._not_supported("upsertCallDisposition")
        log_id = request.existing_call_log.third_party_log_id
        inputs = {
            "existingCallLog": variables.given_only(to_wire(request.existing_call_log)),
            "dispositions": request.dispositions,
            "thirdPartyLogId": log_id,
        }
        await self._perform("upsertCallDisposition", operation, inputs, request)
        return {
            "logId": log_id,
            "returnMessage": mapping.message("Disposition updated", 2000),
        }

    async def _find(
        self,
        name: str,
        operation: ListOperation | None,
        inputs: Mapping[str, Any],
        request: model.OperationInput,
    ) -> dict[str, Any]:
        if operation is None:
            self._report_missing(name, "nobody is found and nothing is asked")
            return {"successful": True, "matchedContactInfo": []}
        body = await self._perform(name, operation, inputs, request)
        found = mapping.contacts(body, operation.response_mapping, _what(name))
        return {
            "successful": True,
            "matchedContactInfo": found,
            "returnMessage": mapping.message(f"Found {len(found)} contacts", 3000),
        }

    def _not_supported(self, name: str) -> dict[str, Any]:
        self._report_missing(name, "the user is told that it is not supported")
        return {"returnMessage": NOT_SUPPORTED}

    def _report_missing(self, name: str, result: str) -> None:
        self.context.report("MISSING_OPERATION", f"The config has no operation {name}: {result}.")

    async def _perform(
        self,
        name: str,
        operation: Operation,
        inputs: Mapping[str, Any],
        request: model.OperationInput,
    ) -> Any:
        """Send the request of an operation for a connected user and return what it answers."""
        return await self._ask(name, operation, inputs, request.user, request.auth_header)

    async def _ask(
        self,
        name: str,
        operation: Operation,
        inputs: Mapping[str, Any],
        user: model.User | None,
        auth_header: str,
    ) -> Any:
        """Send the request of an operation and return what its answer holds."""
        for problem in self.reading.problems:
            if problem.operation in ("", name):
                at = f" (line {problem.line})" if problem.line else ""
                self.context.report(problem.code, problem.text.removesuffix(".") + f"{at}.")
        config = self.reading.config
        values = variables.common_variables(user, inputs, auth_header, config.secret_key)
        missing: dict[str, None] = {}
        try:
            request = build_request(config, operation, values, auth_header, missing.setdefault)
        except TemplateError as error:
            raise InvalidInputError(f"{_what(name)} failed: {error}") from error
        except RecursionError as error:
            raise InvalidInputError(
                f"{_what(name)} failed: a value is nested too deeply."
            ) from error
        for path in missing:
            self._report_empty(name, path, values)
        try:
            return await self._answer(request, _what(name))
        except ConnectorError as error:
            self._print_failure(name, request, error)
            raise

    def _report_empty(self, name: str, path: str, values: Mapping[str, Any]) -> None:
        first = path.partition(".")[0]
        if first in values and first not in variables.OPTIONAL:
            self.context.report(
                "TEMPLATE_WITHOUT_VALUE",
                f"{{{{{path}}}}} in {name} has no value in this call, so it was sent empty.",
            )

    async def _answer(self, request: ProxyRequest, what: str) -> Any:
        try:
            async with asyncio.timeout(request.timeout_s):
                response = await send(
                    self.http,
                    request.method,
                    request.url,
                    what=what,
                    content=request.content,
                    headers=request.headers,
                    timeout_s=request.timeout_s,
                )
        except TimeoutError as error:
            raise CrmUnavailableError(
                f"{what} failed: there was no answer within {request.timeout_s:g} s, the config's "
                "timeoutSeconds."
            ) from error
        check_status(response, what)
        text = response.content.decode("utf-8", "replace").removeprefix("\ufeff")
        try:
            return parse(text)
        except (ValueError, RecursionError):
            return text

    def _print_failure(self, name: str, request: ProxyRequest, error: ConnectorError) -> None:
        """Print the line that production logs; it names the host and never the URL."""
        about = self.reading.config.meta
        facts = {
            "proxyOperation": name,
            "connectorName": about.name if about else None,
            "method": request.method,
            "targetHost": _host(request.url),
            "statusCode": error.status or "unknown",
            "timeoutMs": int(request.timeout_s * 1000),
        }
        sys.stderr.write(f"PROXY_CONNECTOR_REQUEST_FAILED {json.dumps(facts)}\n")


def connector_of(reading: ConfigReading) -> type[ProxyConnector]:
    """Return the connector class of one config."""
    return type("ProxyConfigConnector", (ProxyConnector,), {"reading": reading})


def _what(name: str) -> str:
    return f"The operation {name}"


def _others(request: model.OperationInput) -> dict[str, Any]:
    """Return the plain inputs of a log operation, by their names on the wire."""
    wire = to_wire(request)
    taken = {"user", "authHeader", "proxyConfig", "callLog", "contactInfo", "existingCallLog"}
    given = {key: value for key, value in wire.items() if key not in taken}
    return given | {key: given.get(key) or "" for key in variables.RING_SENSE}


def _host(url: str) -> str | None:
    try:
        return urlsplit(url).netloc.rpartition("@")[2] or None
    except ValueError:
        return None
