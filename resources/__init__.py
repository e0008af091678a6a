"""Icons, fonts, styles, sample data and the Node host, read with ``importlib.resources``."""
