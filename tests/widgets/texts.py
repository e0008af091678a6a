"""Headers and bodies in memory, looked through one exchange at a time."""


class Texts:
    """Stands in for what looks through files.

    Args:
        kept: place -> (headers, bodies).
    """

    def __init__(self, kept):
        self.kept = kept
        self.looked = []
        self.forgotten = []

    def in_bodies(self, value, places):
        found = []
        for place in places:
            yield
            self.looked.append(place)
            bodies = self.kept.get(place, ((), ()))[1]
            found += [place for body in bodies[:1] if value in "\n".join(bodies).casefold()]
        return found

    def in_headers(self, name, value, places):
        found = []
        for place in places:
            yield
            self.looked.append(place)
            headers = self.kept.get(place, ((), ()))[0]
            if any(name in k.casefold() and value in v.casefold() for k, v in headers):
                found.append(place)
        return found

    def forget(self, count):
        self.forgotten.append(count)
