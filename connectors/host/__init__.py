"""Runs one connector in a child process and speaks JSON-RPC with it over stdio."""
