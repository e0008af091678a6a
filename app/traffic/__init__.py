"""The requests of a run: what they say, what waited for what, and how they leave and come back."""
