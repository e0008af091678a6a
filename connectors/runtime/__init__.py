"""What App Connect's core does around a connector, and the HTTP transports underneath it."""
