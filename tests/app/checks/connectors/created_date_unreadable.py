"""Sends the date as Americans write it."""

from good import Good


class Wrong(Good):
    def contact(self, row):
        year, month, day = row["created"][:10].split("-")
        return super().contact(row) | {"createdDate": f"{month}/{day}/{year}"}
