"""Probing a known contact in the real window, through the real host and sandbox."""

from PySide6.QtWidgets import QDialog, QLabel, QLineEdit, QPushButton, QRadioButton

OMAR = "+15105550177"


async def look_up(desk, number):
    await desk.presenter.phone.match(number, force_refresh=True)
    await desk.idle()
    desk.presenter.match.explain()


def press(desk, name):
    desk.child(QPushButton, name).click()


async def probe(desk, text, way="name"):
    desk.child(QRadioButton, f"probeBy_{way}").click()
    desk.child(QLineEdit, "probeTextField").setText(text)
    press(desk, "runProbeButton")
    await desk.idle()


async def test_one_click_adds_the_format_and_the_contact_is_found(open_desk):
    desk = await open_desk()
    await look_up(desk, OMAR)
    assert desk.child(QLabel, "verdictLabelCode").text() == "EMPTY_CRM_RESULT"
    press(desk, "probeButton")
    assert desk.child(QLineEdit, "probeNumberField").text() == OMAR
    await probe(desk, "Omar Haddad")
    assert desk.child(QLabel, "probeVerdictCode").text() == "COMPARE_EXACT_NOT_SUFFIX"
    press(desk, "useFormatButton")
    await desk.idle()
    desk.presenter.match.explain()
    assert desk.presenter.formats() == ["(###) ###-####"]
    assert desk.child(QLabel, "verdictLabelCode").text() == "FOUND_BY_FORMAT"


async def test_a_remembered_no_match_is_named(open_desk):
    desk = await open_desk()
    await look_up(desk, "+14155550132")
    desk.presenter.phone.matches.remember("+14155550132", [])
    press(desk, "probeButton")
    await probe(desk, "Anna Keller")
    assert desk.child(QLabel, "probeVerdictCode").text() == "NEGATIVE_CACHE"


async def test_what_goes_wrong_stands_in_the_dialog(open_desk):
    desk = await open_desk()
    desk.window.probe_requested.emit()
    desk.child(QLineEdit, "probeNumberField").setText(OMAR)
    await probe(desk, "Maria")
    assert "Name one by its id" in desk.child(QLabel, "probeProblem").text()
    await probe(desk, "404404", "id")
    assert desk.child(QLabel, "probeVerdictCode").text() == "RECORD_NOT_FOUND"


async def test_a_closed_dialog_ends_its_probe(open_desk):
    desk = await open_desk()
    press(desk, "probeButton")
    dialog = desk.child(QDialog, "probeDialog")
    desk.child(QLineEdit, "probeNumberField").setText(OMAR)
    desk.child(QLineEdit, "probeTextField").setText("Omar Haddad")
    press(desk, "runProbeButton")
    dialog.reject()
    await desk.idle()
    assert desk.window.findChild(QDialog, "probeDialog") is None


async def test_the_meaning_of_a_verdict_opens_its_page(open_desk):
    desk = await open_desk()
    await look_up(desk, OMAR)
    press(desk, "verdictLabelMeaning")
    page = desk.child(QDialog, "documentDialog")
    assert page.isVisible()
    assert page.windowTitle() == "EMPTY_CRM_RESULT"
