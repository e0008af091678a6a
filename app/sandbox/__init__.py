"""The embedded CRM: one SQLite store, one wire API per CRM, and a small web page."""
