"""Random histories on the real database, beside a model of a few lines kept in memory.

The model knows what a voucher is in plain Python: parts that add up, money that comes from
somewhere. After each step the database must say the same, and at the end every invariant holds.
``make test`` plays a few histories; ``make test-long`` plays 100,000 steps.
"""

import os
from dataclasses import dataclass, field
from uuid import UUID

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule
from hypothesis.stateful import run_state_machine_as_test as play

from filiere.kernel import checks
from filiere.ledger import queries as ledger
from filiere.programmes import queries as programmes
from filiere.programmes.services import confirm_receipt
from filiere.rules.money import take_in_proportion
from filiere.vouchers import errors, services
from filiere.vouchers.models import Voucher, VoucherPart
from filiere.vouchers.services.reversal import reverse_movement
from tests.programmes.factories import commune_of_departement, organisation, programme, tranche
from tests.vouchers.factories import AT, ON, answer_for_reach, entrust, person, seeded

STEPS = int(os.environ.get("FILIERE_STATEFUL_STEPS", "600"))
STEPS_EACH = 40
SERVICE = "Aider aux démarches administratives"


@dataclass
class Paper:
    """A voucher, as anyone would describe it."""

    code: str
    serial: int
    parts: dict[int, int]
    state: str = "created"
    given: bool = False
    acts: dict[str, tuple[int, int, int]] = field(default_factory=dict)
    taken: dict[str, tuple[UUID, dict[int, int]]] = field(default_factory=dict)
    undone: set[str] = field(default_factory=set)

    @property
    def left(self) -> int:
        return sum(self.parts.values())

    def refusal(self) -> type[errors.VoucherRefused] | None:
        if self.state == "void":
            return errors.VoucherLost
        if self.state == "blocked":
            return errors.VoucherBlocked
        if self.left == 0:
            return errors.VoucherSpent
        return errors.VoucherNotActive if self.state == "created" else None

    def take(self, wanted: int) -> dict[int, int]:
        """Take from each funder in proportion to what is left of it."""
        tranches = sorted(self.parts)
        taken = take_in_proportion(min(wanted, self.left), [self.parts[one] for one in tranches])
        for one, cents in zip(tranches, taken, strict=True):
            self.parts[one] -= cents
        return {one: cents for one, cents in zip(tranches, taken, strict=True) if cents}


class Histories(RuleBasedStateMachine):
    """Lots prepared, funded, activated; vouchers given, spent, lost, blocked, in any order."""

    @initialize(cash=st.lists(st.integers(0, 20_000), min_size=2, max_size=3))
    def begin(self, cash: list[int]) -> None:
        self.savepoint = transaction.atomic()
        self.savepoint.__enter__()
        self.commune, departement = commune_of_departement()
        self.programme = programme(territory_ids=[departement.pk])
        self.tranches = [tranche(self.programme, cap=10**7, cash=cents) for cents in cash]
        self.cash = {one.pk: cents for one, cents in zip(self.tranches, cash, strict=True)}
        self.providers = [organisation("Médiation A"), organisation("Médiation B")]
        self.owed = {one.pk: 0 for one in self.providers}
        self.lots: list[tuple[object, list[Paper], dict[int, int]]] = []
        self.papers: list[Paper] = []
        self.seed = 0

    @rule(count=st.integers(1, 3), face=st.integers(1, 3_000), weights=st.integers(0, 10**6))
    def prepare(self, count: int, face: int, weights: int) -> None:
        total = count * face
        shares = [1 + weights % 97, weights % 13, weights % 7][: len(self.tranches)]
        cents = take_in_proportion(total, [10**7 * one for one in shares])
        parts = {one.pk: c for one, c in zip(self.tranches, cents, strict=True) if c}
        lot = services.create_lot(
            programme=self.programme,
            count=count,
            face_cents=face,
            use_until=ON.replace(month=12),
            parts=parts,
            at=AT,
            actor="test",
        )
        answer_for_reach(lot)
        self.seed += 1
        issued = services.generate_vouchers(
            lot=lot, at=AT, actor="test", random_bytes=seeded(self.seed)
        )
        faces: dict[int, dict[int, int]] = {one.serial: {} for one in issued}
        for serial, tranche_id, part in VoucherPart.objects.filter(voucher__lot=lot).values_list(
            "voucher__serial", "tranche_id", "face_cents"
        ):
            faces[serial][tranche_id] = part
        answer_for_reach(lot)
        entrust(lot, self.providers[0].pk)
        papers = [Paper(one.code, one.serial, faces[one.serial]) for one in issued]
        assert [paper.left for paper in papers] == [face] * count
        assert {t: sum(p.parts.get(t, 0) for p in papers) for t in parts} == parts
        self.lots.append((lot, papers, parts))
        self.papers += papers

    @rule(which=st.integers(0, 2), cents=st.integers(1, 9_000))
    def receive(self, which: int, cents: int) -> None:
        chosen = self.tranches[which % len(self.tranches)]
        self.seed += 1
        reference = f"VIR-{chosen.pk}-{self.seed}"
        confirm_receipt(
            tranche=chosen,
            amount_cents=cents,
            received_on=ON,
            bank_reference=reference,
            at=AT,
            actor="test",
        )
        self.cash[chosen.pk] += cents

    @precondition(lambda self: self.lots)
    @rule(which=st.integers(0, 50))
    def activate(self, which: int) -> None:
        lot, papers, parts = self.lots[which % len(self.lots)]
        if papers[0].state != "created":
            services.activate_lot(lot=lot, at=AT, actor="test")  # twice is once
            return
        if any(self.cash[one] < cents for one, cents in parts.items()):
            with pytest.raises(errors.LotNotFunded):
                services.activate_lot(lot=lot, at=AT, actor="test")
            return
        services.activate_lot(lot=lot, at=AT, actor="test")
        for one, cents in parts.items():
            self.cash[one] -= cents
        for paper in papers:
            paper.state = "active"

    @precondition(lambda self: self.papers)
    @rule(which=st.integers(0, 99), wanted=st.integers(1, 4_000), act=st.integers(1, 3),
          who=st.integers(0, 1))  # fmt: skip
    def redeem(self, which: int, wanted: int, act: int, who: int) -> None:
        paper, reference = self.papers[which % len(self.papers)], f"R-{act}"
        if reference in paper.undone:
            return
        provider = self.providers[who].pk
        refused: type[errors.VoucherRefused] | None = None
        if (first := paper.acts.get(reference)) is not None:
            if first[:2] != (provider, wanted):
                refused = errors.ReferenceConflict
        else:
            refused = paper.refusal()
        if refused is not None:
            with pytest.raises(refused):
                self._redeem(paper, reference, provider, wanted)
            return
        answer = self._redeem(paper, reference, provider, wanted)
        if first is not None:
            assert answer.taken_cents == first[2]
            return
        taken = paper.take(wanted)
        assert dict(answer.parts) == taken
        assert answer.remaining_cents == paper.left
        paper.acts[reference] = (provider, wanted, sum(taken.values()))
        paper.taken[reference] = (answer.movement_id, taken)
        self.owed[provider] += sum(taken.values())
        if not paper.left:
            paper.state = "spent"

    def _redeem(
        self, paper: Paper, reference: str, provider: int, wanted: int
    ) -> services.Redeemed:
        return services.redeem(
            code=paper.code,
            reference=reference,
            provider_id=provider,
            wanted_cents=wanted,
            service=SERVICE,
            commune_id=self.commune.pk,
            on=ON,
            at=AT,
            actor="test",
        )

    @precondition(lambda self: any(paper.taken for paper in self.papers))
    @rule(which=st.integers(0, 99))
    def undo(self, which: int) -> None:
        used = [(one, reference) for one in self.papers for reference in one.taken]
        paper, reference = used[which % len(used)]
        movement, taken = paper.taken[reference]
        reverse_movement(movement=movement, reason="séance annulée", at=AT, actor="test")
        if reference in paper.undone:
            return  # twice is once
        paper.undone.add(reference)
        for one, cents in taken.items():
            paper.parts[one] += cents
        provider, _wanted, cents = paper.acts[reference]
        self.owed[provider] -= cents
        if paper.state == "spent":
            paper.state = "handed_out" if paper.given else "active"

    @precondition(lambda self: self.papers)
    @rule(which=st.integers(0, 99))
    def hand_out(self, which: int) -> None:
        paper = self.papers[which % len(self.papers)]
        if paper.state != "active":
            return
        services.hand_out(
            voucher_serial=paper.serial,
            person_id=person().pk,
            organisation_id=self.providers[0].pk,
            at=AT,
            actor="test",
        )
        paper.state, paper.given = "handed_out", True

    @precondition(lambda self: self.papers)
    @rule(which=st.integers(0, 99), stops=st.booleans())
    def block_or_not(self, which: int, stops: bool) -> None:
        paper = self.papers[which % len(self.papers)]
        if not stops:
            services.unblock(serial=paper.serial, reason="vérifié", at=AT, actor="test")
            if paper.state == "blocked":
                paper.state = "handed_out" if paper.given else "active"
        elif paper.state in ("active", "handed_out", "blocked"):
            services.block(serial=paper.serial, reason="doute", at=AT, actor="test")
            paper.state = "blocked"
        else:
            with pytest.raises(errors.VoucherRefused):
                services.block(serial=paper.serial, reason="doute", at=AT, actor="test")

    @precondition(lambda self: self.papers)
    @rule(which=st.integers(0, 99))
    def lose(self, which: int) -> None:
        paper = self.papers[which % len(self.papers)]
        if paper.state not in ("active", "handed_out"):
            with pytest.raises(errors.VoucherRefused):
                services.declare_lost(serial=paper.serial, at=AT, actor="test")
            return
        issued = services.declare_lost(serial=paper.serial, at=AT, actor="test")
        heir = Paper(issued.code, issued.serial, dict(paper.parts), paper.state, paper.given)
        paper.state, paper.parts = "void", dict.fromkeys(paper.parts, 0)
        self.papers.append(heir)

    def teardown(self) -> None:
        if not hasattr(self, "savepoint"):
            return
        try:
            self._same_as_the_database()
        finally:
            transaction.set_rollback(True)
            self.savepoint.__exit__(None, None, None)

    def _same_as_the_database(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        stored = dict(Voucher.objects.order_by("pk").values_list("serial", "remaining_cents"))
        assert stored == {paper.serial: paper.left for paper in self.papers}
        parts: dict[int, dict[int, int]] = {paper.serial: {} for paper in self.papers}
        for serial, tranche_id, left in VoucherPart.objects.order_by("pk").values_list(
            "voucher__serial", "tranche_id", "remaining_cents"
        ):
            parts[serial][tranche_id] = left
        for paper in self.papers:
            kept = {one: cents for one, cents in paper.parts.items() if cents}
            assert {one: cents for one, cents in parts[paper.serial].items() if cents} == kept
        assert programmes.available_by_tranche(list(self.cash)) == self.cash
        for provider, cents in self.owed.items():
            assert sum(ledger.balances(f"payable:{provider}:").values()) == cents
        # The apps above know nothing of these uses: no session took place.
        ours = ("ledger.", "programmes.", "vouchers.", "operations.")
        wrong = [one for one in checks.run() if not one.holds and one.name.startswith(ours)]
        assert wrong == []


@pytest.mark.django_db
@pytest.mark.timeout(6 * 3600)
def test_random_histories_agree_with_the_model():
    play(
        Histories,
        settings=settings(
            max_examples=max(1, STEPS // STEPS_EACH),
            stateful_step_count=STEPS_EACH,
            phases=(Phase.explicit, Phase.reuse, Phase.generate, Phase.shrink),
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
