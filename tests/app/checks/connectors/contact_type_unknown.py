"""Speaks the CRM's word for a contact instead of the manifest's."""

from good import Good


class Wrong(Good):
    def contact(self, row):
        return super().contact(row) | {"type": "Person"}
