"""The version is the package's, and a checkout that is not installed says so."""

from importlib import metadata

from app.version import version


def test_it_is_the_packages(monkeypatch):
    monkeypatch.setattr(metadata, "version", {"callbench": "1.2.3"}.__getitem__)
    assert version() == "1.2.3"


def test_a_checkout_has_none(monkeypatch):
    def missing(name):
        raise metadata.PackageNotFoundError(name)

    monkeypatch.setattr(metadata, "version", missing)
    assert version() == "from source"
