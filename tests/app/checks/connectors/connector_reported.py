"""Goes on without the deals, and says so."""

from good import Good


class Wrong(Good):
    async def deals(self, row):
        self.context.report("DEALS_FAILED", "The deals cannot be read.")
        return []
