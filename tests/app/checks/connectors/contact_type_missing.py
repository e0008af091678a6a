"""Leaves the type out."""

from good import Good


class Wrong(Good):
    def contact(self, row):
        return super().contact(row) | {"type": ""}
