"""Shows a blank where the CRM has no company name."""

from good import Good


class Wrong(Good):
    def contact(self, row):
        return super().contact(row) | {"name": row.get("company", " ")}
