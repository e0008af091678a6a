"""Connectors written in JavaScript or TypeScript, run by Node as production runs them."""
