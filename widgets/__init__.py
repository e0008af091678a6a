"""Pixels only: signals out, ``show_*()`` in."""
