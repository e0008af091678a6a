"""The language that connectors, runtime, host and bench share. Types only; no I/O."""
