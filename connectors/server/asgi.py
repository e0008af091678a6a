"""``connectors.server.asgi:application`` for any ASGI server; set up by the environment."""

from __future__ import annotations

import sys

from connectors.server.application import build_application
from connectors.server.settings import Settings, SettingsError

try:
    application = build_application(Settings.from_environment())
except SettingsError as error:
    sys.exit(str(error))
