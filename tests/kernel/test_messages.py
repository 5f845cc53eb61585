import stat

from filiere.kernel import messages


def test_files_writes_each_message_in_a_file_only_its_owner_reads(tmp_path, settings):
    settings.SMS_FOLDER = tmp_path / "sms"

    messages.sms().send(number="+33612345678", text="Bonjour")
    messages.sms().send(number="+33612345678", text="Bonjour")

    written = list((tmp_path / "sms").iterdir())
    assert [path.read_text("utf-8") for path in written] == ["+33612345678\n\nBonjour\n"] * 2
    assert {stat.S_IMODE(path.stat().st_mode) for path in written} == {0o600}
    assert stat.S_IMODE((tmp_path / "sms").stat().st_mode) == 0o700


def test_console_writes_on_the_terminal(capsys, settings):
    settings.SMS_BACKEND = "filiere.kernel.messages.Console"
    messages.sms().send(number="+33612345678", text="Bonjour")
    assert capsys.readouterr().out == "SMS +33612345678\nBonjour\n"


def test_with_secrets_puts_what_the_text_names_and_tells_when_it_may_not(monkeypatch):
    monkeypatch.setattr(messages, "_keepers", {})
    messages.keep_secret("parcel", {"7": "OPEN", "8": None}.get)

    mark = messages.secret_mark("parcel", 7)
    assert messages.with_secrets(f"Code: {mark}.") == "Code: OPEN."
    assert messages.with_secrets(f"{mark} {messages.secret_mark('parcel', 8)}") is None
    assert messages.with_secrets("Nothing, {{other:1}}") == "Nothing, {{other:1}}"
