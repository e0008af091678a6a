"""Does not say when the record was created."""

from good import Good


class Wrong(Good):
    def contact(self, row):
        return {key: value for key, value in super().contact(row).items() if key != "createdDate"}
