from __future__ import annotations

import pytest

EVIL = '<script>alert("x")</script>'


def test_people_are_listed_searched_and_paged(sandbox):
    page = sandbox.http.get("/")
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert "Insightly: people" in page.text
    found = sandbox.http.get("/people/bullhorn", params={"q": "Keller"})
    assert "Anna Keller" in found.text
    assert "Omar Haddad" not in found.text
    assert "&lt;U+202A&gt;" in sandbox.http.get("/people/insightly?q=Byrne").text
    assert sandbox.http.get("/people/nope").status_code == 400


@pytest.mark.parametrize("platform", ["insightly", "bullhorn"])
def test_a_person_is_added_changed_and_deleted_and_text_is_escaped(sandbox, platform):
    main = "PHONE" if platform == "insightly" else "phone"
    form = {"type": "Lead", "name": f"Zed {EVIL}", f"phone.{main}": EVIL}
    assert sandbox.http.post(f"/people/{platform}/save", data=form).status_code == 303
    listed = sandbox.http.get(f"/people/{platform}?q=Zed").text
    assert "<script" not in listed
    assert "&lt;script&gt;" in listed
    entity = "leads" if platform == "insightly" else "Lead"
    record = sandbox.store.page(platform, [entity], text="Zed")[0][0]
    path = f"/people/{platform}/Lead/{record.id}"
    assert "<script" not in sandbox.http.get(path).text
    form |= {"id": str(record.id), "name": "Zed Two", f"phone.{main}": " 1 "}
    assert sandbox.http.post(f"/people/{platform}/save", data=form).status_code == 303
    assert sandbox.store.get(platform, entity, record.id).data[main] == " 1 "
    assert sandbox.http.post(f"{path}/delete").status_code == 303
    after = sandbox.store.get(platform, entity, record.id)
    assert after is None or after.data["isDeleted"] is True


def test_a_custom_field_is_kept_when_a_person_is_edited(sandbox):
    record = sandbox.store.page("insightly", ["contacts"], text="Duarte")[0][0]
    form = {"type": "Contact", "id": str(record.id), "name": "Ines Duarte", "phone.PHONE": "5"}
    sandbox.http.post("/people/insightly/save", data=form)
    stored = sandbox.store.get("insightly", "contacts", record.id).data
    assert stored["CUSTOMFIELDS"][0]["FIELD_VALUE"] == "6505550142"
    assert stored["PHONE"] == "5"


def test_a_wrong_form_is_answered_with_a_sentence(sandbox):
    answer = sandbox.http.post("/people/insightly/save", data={"name": " "})
    assert answer.status_code == 400
    assert "The name is empty" in answer.text


def test_calls_show_whom_they_are_linked_to(sandbox):
    anna = sandbox.store.page("bullhorn", ["ClientContact"], text="Anna Keller")[0][0].id
    note = {
        "comments": EVIL,
        "action": "Inbound Call",
        "personReference": {"id": anna, "personSubtype": "Contact"},
    }
    sandbox.bullhorn("PUT", "entity/Note", json=note)
    page = sandbox.http.get("/calls/bullhorn").text
    assert f"Contact Anna Keller ({anna})" in page
    assert "<script" not in page


def test_faults_are_set_by_the_form(sandbox):
    form = {"delayMs": "0", "indexDelayS": "0.5", "faults": "=500x2\n"}
    assert sandbox.http.post("/faults", data=form).status_code == 303
    assert "=500x2" in sandbox.http.get("/faults").text
    bad = sandbox.http.post("/faults", data=form | {"faults": EVIL})
    assert bad.status_code == 400
    assert "<script" not in bad.text
    assert sandbox.store.index_delay_s == 0.5


def test_other_web_sites_are_kept_out(sandbox):
    post = {"data": {"name": "Eve Il"}}
    for headers in ({"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}):
        answer = sandbox.http.post("/people/insightly/save", headers=headers, **post)
        assert answer.status_code == 403
    for path in ("/", "/health", "/insightly/v3.1/users/me"):
        answer = sandbox.http.get(path, headers={"Host": "evil.example"})
        assert answer.status_code == 403
    own = {"Origin": sandbox.url, "Sec-Fetch-Site": "same-origin"}
    assert sandbox.http.post("/people/insightly/save", headers=own, **post).status_code == 303
    assert sandbox.http.get("/health").json()["platforms"] == ["insightly", "bullhorn"]
