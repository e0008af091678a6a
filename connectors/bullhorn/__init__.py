"""Bullhorn."""
