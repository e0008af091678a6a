from app.settings import Settings, load_settings, save_settings


def test_settings_survive_a_restart(tmp_path):
    settings = Settings(scheme="dark", formats={"sandbox-insightly": ["(###) ###-####"]})
    save_settings(tmp_path, settings)
    assert load_settings(tmp_path) == settings


def test_no_file_gives_the_defaults(tmp_path):
    assert load_settings(tmp_path) == Settings()


def test_a_broken_file_or_value_gives_the_default(tmp_path):
    path = tmp_path / "settings.json"
    for text in ("", "[1]", "{", '{"scheme": 5, "unknown": 1}'):
        path.write_text(text)
        assert load_settings(tmp_path) == Settings()
    path.write_text('{"scheme": 5, "region": "GB"}')
    assert load_settings(tmp_path) == Settings(region="GB")
