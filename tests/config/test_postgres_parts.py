"""The launcher's parts without a server: paths, sources, sentences; and a server not ours."""

import errno
import os
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from config import postgres
from config.postgres import cluster, errors, lease, sources
from config.postgres import places as locations
from config.postgres.__main__ import reset
from config.postgres.errors import PostgresUnavailable
from config.postgres.places import Places
from config.postgres.sources import Binaries


@pytest.fixture
def ordinary(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "getuid", lambda: 1000)


@pytest.mark.usefixtures("ordinary")
def test_places_of_an_ordinary_user_lie_in_the_state_folder() -> None:
    found = locations.places_of(Path("/srv/filiere/.filiere"))
    assert found.home == Path("/srv/filiere/.filiere/postgres")
    assert found.socket == Path("/srv/filiere/.filiere/postgres/socket")
    assert found.account is None


@pytest.mark.usefixtures("ordinary")
@pytest.mark.parametrize("folder", ["/srv/" + "long/" * 30, "/srv/été", "/srv/a b", "/srv/a,b"])
def test_places_of_an_unusual_path_have_a_short_plain_socket(folder: str) -> None:
    socket = locations.places_of(Path(folder) / ".filiere").socket
    assert str(socket).startswith("/tmp/filiere-1000-")
    assert len(os.fsencode(socket / locations.SOCKET_NAME)) < 60


def test_places_of_root_lie_under_var_lib_for_an_unprivileged_account(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(os, "getuid", lambda: 0)
    found = locations.places_of(Path("/root/filiere/.filiere"))
    assert found.home.parent == Path("/var/lib/filiere")
    assert found.account
    assert found.account.name in ("postgres", "nobody")
    assert found != locations.places_of(Path("/root/other/.filiere"))


def test_places_of_root_without_an_account_say_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    def nobody(name: str) -> None:
        raise KeyError(name)

    monkeypatch.setattr(os, "getuid", lambda: 0)
    monkeypatch.setattr("pwd.getpwnam", nobody)
    with pytest.raises(PostgresUnavailable) as refusal:
        locations.places_of(Path("/root/filiere/.filiere"))
    assert refusal.value.code == "postgres.no_account"


def test_make_refuses_a_socket_folder_open_to_others(tmp_path: Path) -> None:
    socket = tmp_path / "socket"
    socket.mkdir()
    socket.chmod(0o777)
    found = Places(state=tmp_path, home=tmp_path / "home", socket=socket, account=None)
    with pytest.raises(PostgresUnavailable) as refusal:
        found.make()
    assert refusal.value.code == "postgres.unsafe_socket"
    socket.chmod(0o700)
    found.make()


def test_make_refuses_a_socket_folder_that_is_a_link(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir(mode=0o700)
    (tmp_path / "socket").symlink_to(tmp_path / "elsewhere")
    found = Places(state=tmp_path, home=tmp_path / "home", socket=tmp_path / "socket", account=None)
    with pytest.raises(PostgresUnavailable) as refusal:
        found.make()
    assert refusal.value.code == "postgres.unsafe_socket"


@pytest.mark.parametrize(
    ("number", "code"),
    [
        (errno.ENOSPC, "postgres.disk_full"),
        (errno.EDQUOT, "postgres.disk_full"),
        (errno.EACCES, "postgres.not_writable"),
        (errno.EROFS, "postgres.not_writable"),
    ],
)
def test_explained_turns_the_systems_refusals_into_sentences(number: int, code: str) -> None:
    with pytest.raises(PostgresUnavailable) as refusal, locations.explained(Path("/data")):
        raise OSError(number, os.strerror(number))
    assert refusal.value.code == code
    assert "/data" in str(refusal.value)


def test_explain_recognises_a_full_disk_in_postgresqls_words(places: Places) -> None:
    places.make()
    words = 'FATAL:  could not write to file "pg_wal/xlogtemp.9": No space left on device'
    assert cluster.explain(words, places=places).code == "postgres.disk_full"


def test_explain_recognises_a_full_disk_whose_log_breaks_off(
    places: Places, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cluster, "free_bytes", lambda _places: 4096)
    assert cluster.explain("FATAL:  could not wri", places=places).code == "postgres.disk_full"


def test_hold_refuses_to_create_a_cluster_without_room(
    places: Places, monkeypatch: pytest.MonkeyPatch
) -> None:
    places.make()
    monkeypatch.setattr(cluster, "free_bytes", lambda _places: 99 * 2**20)
    with pytest.raises(PostgresUnavailable) as refusal:
        cluster.create(Binaries("wheel", Path("/nowhere"), 18), places=places)
    assert refusal.value.code == "postgres.disk_full"
    assert not places.data(18).exists()


def test_explain_quotes_the_telling_line(places: Places) -> None:
    places.make()
    words = "LOG:  starting\nFATAL:  data directory has wrong ownership\nLOG:  shut down\n"
    refusal = cluster.explain(words, places=places)
    assert "FATAL:  data directory has wrong ownership." in str(refusal)
    assert refusal.code == "postgres.did_not_start"


def test_sentences_are_french_unless_the_terminal_is_english(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(errors, "_catalogue", _Named)
    monkeypatch.delenv("LC_ALL", raising=False)
    monkeypatch.delenv("LC_MESSAGES", raising=False)
    for terminal, language in (
        ("en_US.UTF-8", "en"),
        ("fr_FR", "fr"),
        ("C.UTF-8", "fr"),
        ("", "fr"),
    ):
        monkeypatch.setenv("LANG", terminal)
        assert errors._("word") == f"{language} word"


class _Named:
    def __init__(self, language: str) -> None:
        self.language = language

    def gettext(self, text: str) -> str:
        return f"{self.language} {text}"


def fake_programs(
    folder: Path, *, version: str, extensions: tuple[str, ...], fails: str = ""
) -> Path:
    (folder / "share/extension").mkdir(parents=True)
    for name in extensions:
        (folder / f"share/extension/{name}.control").touch()
    (folder / "bin").mkdir()
    for name, says in (
        ("postgres", version),
        ("initdb", version),
        ("pg_config", f"{folder}/share"),
    ):
        program = folder / "bin" / name
        words = f"echo '{fails}' >&2; exit 1" if fails else f"echo '{says}'"
        program.write_text(f"#!/bin/sh\n{words}\n")
        program.chmod(0o755)
    return folder / "bin"


def test_choose_passes_over_programs_that_cannot_run_here(
    places: Places, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = fake_programs(
        tmp_path / "a", version="", extensions=(), fails="version GLIBC_2.34 not found"
    )
    old = fake_programs(tmp_path / "b", version="postgres (PostgreSQL) 14.9", extensions=())
    poor = fake_programs(
        tmp_path / "c", version="postgres (PostgreSQL) 18.1", extensions=("pg_trgm",)
    )
    good = fake_programs(
        tmp_path / "d", version="postgres (PostgreSQL) 16.4", extensions=sources.EXTENSIONS
    )
    found = [("wheel", broken), ("old", old), ("poor", poor), ("good", good)]
    monkeypatch.setattr(sources, "_candidates", lambda: iter(found))
    assert sources.choose(places) == Binaries("good", good, 16)
    monkeypatch.setattr(sources, "_candidates", lambda: iter([*found[:3], ("none", None)]))
    with pytest.raises(PostgresUnavailable) as refusal:
        sources.choose(places)
    assert refusal.value.code == "postgres.no_binaries"
    for reason in (
        "GLIBC_2.34 not found",
        "PostgreSQL 14 < 15",
        "no btree_gist, unaccent",
        "none: not installed",
    ):
        assert reason in str(refusal.value)


def test_reset_erases_the_database_and_nothing_else(places: Places) -> None:
    with lease.take(root=places.state.parent):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("config.postgres.__main__.STOP_SECONDS_MAX", 2.0)
            with pytest.raises(PostgresUnavailable, match="another command"):
                reset(places, confirmed=True)
        assert places.home.exists()
    reset(places, confirmed=True)
    assert not places.home.exists()
    assert (places.state / "secrets").exists()


# --- a server that is not ours: DATABASE_URL --------------------------------------------------


@pytest.fixture
def foreign(
    held: Places, owner_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[str]:
    """An embedded server seen as any other; this installation has other secrets."""
    monkeypatch.setenv("DATABASE_URL", owner_url)
    monkeypatch.setenv("FILIERE_STATE_DIR", str(tmp_path / "other"))
    yield owner_url
    monkeypatch.setenv("FILIERE_STATE_DIR", str(held.state))


def signed_in_as(url: str) -> object:
    with psycopg.connect(url) as connection:
        row = connection.execute("SELECT current_user").fetchone()
    return row and row[0]


def test_connection_urls_make_the_applications_login_on_a_given_server(
    foreign: str, tmp_path: Path
) -> None:
    urls = postgres.connection_urls(root=tmp_path)
    assert urls.owner == foreign
    assert signed_in_as(urls.application) == "filiere_app"
    assert postgres.connection_urls(root=tmp_path) == urls
    assert "filiere_app" not in repr(urls)


def test_connection_urls_do_not_break_another_installation(
    foreign: str, tmp_path: Path, held: Places
) -> None:
    other = cluster.url(cluster.APPLICATION, places=held)
    with psycopg.connect(other), pytest.raises(PostgresUnavailable) as refusal:
        postgres.connection_urls(root=tmp_path)
    assert refusal.value.code == "postgres.login_taken"


@pytest.mark.usefixtures("foreign")
def test_connection_urls_take_a_given_application_login(
    tmp_path: Path, held: Places, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = cluster.url(cluster.APPLICATION, places=held)
    monkeypatch.setenv("DATABASE_APP_URL", given)
    assert postgres.connection_urls(root=tmp_path).application == given


def test_connection_urls_name_the_setting_when_the_owner_may_not_make_a_login(
    foreign: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with psycopg.connect(foreign, autocommit=True) as owner:
        owner.execute("CREATE ROLE poor LOGIN PASSWORD 'poor'")
    address = foreign.partition("@")[2]
    monkeypatch.setenv("DATABASE_URL", f"postgresql://poor:poor@{address}")
    with pytest.raises(PostgresUnavailable, match="DATABASE_APP_URL") as refusal:
        postgres.connection_urls(root=tmp_path)
    assert refusal.value.code == "postgres.may_not_create_login"


@pytest.mark.usefixtures("places")
def test_connection_urls_say_when_the_server_cannot_be_reached(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", f"postgresql://me:word@/none?host={tmp_path}")
    with pytest.raises(PostgresUnavailable, match="cannot be reached") as refusal:
        postgres.connection_urls(root=tmp_path)
    assert refusal.value.code == "postgres.unreachable"


def test_connection_urls_refuse_an_old_or_bare_server(
    foreign: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert foreign
    with monkeypatch.context() as newer:
        newer.setattr("config.postgres.external.MAJOR_MIN", 99)
        with pytest.raises(PostgresUnavailable) as refusal:
            postgres.connection_urls(root=tmp_path)
    assert refusal.value.code == "postgres.too_old"
    monkeypatch.setattr("config.postgres.external.EXTENSIONS", ("unaccent", "postgis"))
    with pytest.raises(PostgresUnavailable, match="does not offer postgis") as refusal:
        postgres.connection_urls(root=tmp_path)
    assert refusal.value.code == "postgres.extension_missing"
