"""Icons, fonts, styles and sample data, read with ``importlib.resources``."""
