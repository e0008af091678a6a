"""App Connect's HTTP routes over the same connectors (``docs/serving.md``)."""
