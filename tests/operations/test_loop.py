"""The command that walks all twelve links, as a person starts it: in a process of its own."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.db import connections

from filiere.operations import demo

PROJECT = Path(__file__).resolve().parents[2]
ENDS = ("delivered", "no_show", "unmet", "cancelled", "pending")

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]


def filiere(*arguments: object, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run one command on the server the tests use."""
    return subprocess.run(
        [sys.executable, "-m", "config.command_line", *map(str, arguments)],
        check=False,
        cwd=PROJECT,
        env=os.environ | {"LANG": "en_GB.UTF-8"} | environment,
        capture_output=True,
        text=True,
        timeout=560,
    )


def loop(*arguments: object) -> tuple[int, dict[str, Any]]:
    done = filiere("loop", "--json", *arguments)
    assert done.stdout.count("\n") == 1, done.stderr
    return done.returncode, json.loads(done.stdout)


ABANDONED = """
    SELECT datname FROM pg_database
     WHERE datname LIKE 'loop\\_%%'
       AND NOT EXISTS (SELECT FROM pg_stat_activity live WHERE live.datname = pg_database.datname)
"""


@pytest.fixture(scope="module")
def abandoned(django_db_setup: None, django_db_blocker: Any) -> Callable[[], set[str]]:
    """Scratch databases that nobody uses; other loops may run beside this test."""

    def read() -> set[str]:
        with django_db_blocker.unblock(), connections["owner"].cursor() as cursor:
            cursor.execute(ABANDONED, [])
            return {name for (name,) in cursor.fetchall()}

    before = read()
    return lambda: read() - before


def assert_whole(answer: dict[str, Any], *, persons: int) -> None:
    """What must be true of any loop: people are conserved, and every euro is found again."""
    assert {name for name, holds in answer["invariants"].items() if not holds} == set()
    assert len(answer["invariants"]) >= 45
    assert answer["ok"] is True
    counts = answer["counts"]
    assert counts["persons"] == persons
    assert sum(counts.get(end, 0) for end in ENDS) == persons
    assert counts["delivered"] * 10 >= persons * 6
    assert counts["sessions"] >= counts["delivered"]
    funders = answer["funders"].values()
    assert len(funders) >= 3
    assert len({funder["given_cents"] for funder in funders}) == len(funders)
    for funder in funders:
        assert 0 < funder["spent_cents"] == funder["traced_cents"] <= funder["given_cents"]
    payers = answer["payers_cents"]
    assert min(payers[kind] for kind in ("voucher", "third_party", "person")) > 0
    assert sum(funder["spent_cents"] for funder in funders) == payers["voucher"]
    assert payers["voucher"] < answer["settled_cents"] < payers["voucher"] + payers["third_party"]


@pytest.fixture(scope="module")
def alone(abandoned: Any, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The answer of sixty persons of the Creuse, walked by one process."""
    folder = tmp_path_factory.mktemp("bank")
    code, answer = loop(
        "--places", demo.PLACES, "--territory", 23, "--persons", 60, "--seed", 7,
        "--workers", 1, "--folder", folder,
    )  # fmt: skip
    assert code == 0
    return answer


def test_loop_conserves_persons_and_euros(alone):
    assert_whole(alone, persons=60)
    assert alone["territory"] == "departement:23"
    assert alone["places"] == {"read": 42, "created": 42, "unchanged": 0, "refused": 0}


def test_loop_counts_every_refusal_and_mishap(alone):
    counts = alone["counts"]
    for kind in ("referrals_refused", "referrals_expired", "no_shows", "unmet", "vouchers_lost"):
        assert counts[kind] > 0, kind
    assert counts["slots_cancelled"] > 0
    assert counts["places_closed"] == 1
    assert counts["follow_ups_answered"] > counts["follow_ups_silent"] > 0
    assert alone["refusals"]["vouchers.lot_not_generated"] == 1
    assert alone["refusals"]["settlement.second_person_needed"] == 1


def test_loop_answers_what_the_issue_asks(alone):
    assert {"counts", "settled_cents", "bank_file", "funders", "aims", "invariants", "seconds"} <= (
        set(alone)
    )
    assert {aim["aim"] for aim in alone["aims"]} == {"targeting", "autonomy", "floor"}
    assert all(aim["state"] in {"reached", "not_reached", "unknown"} for aim in alone["aims"])
    assert {"setup", "people", "referrals", "sessions", "settlement", "follow_up", "check"} <= set(
        alone["seconds"]
    )


def test_loop_leaves_the_bank_file_it_names(alone):
    text = Path(alone["bank_file"]).read_text(encoding="utf-8")
    assert "pain.001.001" in text
    euros, cents = divmod(alone["settled_cents"], 100)
    assert f"<CtrlSum>{euros}.{cents:02d}</CtrlSum>" in text


def test_loop_leaves_no_database_behind(alone, abandoned):
    assert abandoned() == set()


def test_loop_with_two_processes_holds_too(alone, tmp_path):
    code, answer = loop(
        "--places", demo.PLACES, "--territory", 23, "--persons", 60, "--seed", 7,
        "--workers", 2, "--folder", tmp_path,
    )  # fmt: skip
    assert code == 0
    assert_whole(answer, persons=60)
    assert answer["counts"]["referrals_expired"] > 0


# --- wrong arguments ---------------------------------------------------------------------------


@pytest.fixture
def refused(abandoned: Callable[[], set[str]]) -> Callable[..., str]:
    """Run a loop that must be refused: a sentence, no traceback, no database left."""

    def run(*arguments: object) -> str:
        done = filiere("loop", "--json", *arguments)
        assert done.returncode not in (0, -9)
        assert done.stdout == ""
        assert "Traceback" not in done.stderr, done.stderr
        assert abandoned() == set()
        return done.stderr

    return run


def test_loop_refuses_a_missing_file(refused, tmp_path):
    said = refused("--places", tmp_path / "nowhere.csv")
    assert "nowhere.csv is not a file. Give the path of a national file." in said


def test_loop_refuses_no_person(refused):
    assert "--persons takes a number from 1." in refused("--places", demo.PLACES, "--persons", 0)


def test_loop_refuses_a_file_that_is_no_table_of_places(refused, tmp_path):
    broken = tmp_path / "broken.csv"
    broken.write_text("colour,size\nblue,3\n")
    assert "nom" in refused("--places", broken)


def test_loop_refuses_an_unknown_territory(refused):
    assert "99999" in refused("--places", demo.PLACES, "--territory", 99999)


def test_loop_refuses_a_territory_without_places(refused):
    assert refused("--places", demo.PLACES, "--territory", 75).strip()


# --- the real file -----------------------------------------------------------------------------


def test_loop_on_the_national_file(django_db_setup, shared, tmp_path):
    code, answer = loop(
        "--places", shared / "data" / "lieux-mediation.csv.gz", "--persons", 300, "--seed", 7,
        "--folder", tmp_path,
    )  # fmt: skip
    assert code == 0
    assert_whole(answer, persons=300)
    assert answer["places"]["created"] >= 6000
    assert answer["places"]["read"] == answer["places"]["created"] + answer["places"]["refused"]
