"""The bench without pixels, and the composition root."""
