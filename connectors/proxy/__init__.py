"""Connectors written as JSON: App Connect's ``proxyConfig``, run as production runs it."""
