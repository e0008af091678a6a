"""A running App Connect server, driven as the browser extension drives it."""
