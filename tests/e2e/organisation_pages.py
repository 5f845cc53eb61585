"""Addresses of the pages where an organisation runs itself, and of a steward's decisions."""

from base64 import b64encode

from django.urls import reverse

from filiere.accounts import inviting
from filiere.accounts.models import Membership, Organisation, OrganisationKind, Role, User
from filiere.billing import services as billing
from filiere.billing.queries import guarantee_funds
from filiere.directory.models import Place
from filiere.operations.loop.world import organisation
from filiere.territories import queries as territories
from filiere.vouchers import services as vouchers
from filiere.vouchers.models import Device
from tests.conftest import AT

SANDRINE, HUB, ANYONE = "sandrine@demo.example", "hub@demo.example", ""
OPERATOR, FUNDER = "directeur@demo.example", "departement@demo.example"


def _invite(holder: Organisation, email: str, byte: bytes) -> str:
    """Invite someone; give the address of the page that accepts."""
    addresses: list[str] = []

    def link(token: str) -> str:
        addresses.append(reverse("invitation", args=[token]))
        return addresses[0]

    inviting.invite(
        organisation_id=holder.pk, email=email, role=Role.MEDIATOR, link=link, at=AT,
        actor="tests", random_bytes=lambda count: byte * count,
    )  # fmt: skip
    return addresses[0]


def _device(place: Place) -> Device:
    """A device of a place that sent one voucher that nobody issued."""
    device = vouchers.register_device(
        place=place, name="Tablette du bus", public_key=b64encode(bytes(range(32))).decode(),
        at=AT, actor="tests",
    )  # fmt: skip
    claim = vouchers.Claim(
        seq=1, code="0" * 17, reference="", wanted_cents=3_500, slot_id=None, outcome="",
        occurred_at=AT,
    )  # fmt: skip
    billing.upload_sessions(device_id=device.pk, claims=[claim], at=AT)
    return device


def organisation_pages() -> dict[str, list[tuple[str, str]]]:
    """Give them, with a second organisation for the manager and two invitations to read."""
    manager = User.objects.get(email=SANDRINE)
    held = manager.memberships.get()
    second = organisation("Réseau des relais (démonstration)", OrganisationKind.ASSOCIATION)
    Membership.objects.create(user=manager, organisation=second, role=Role.MANAGER)
    place = Place.objects.filter(organisation=held.organisation).order_by("pk")[0]
    fresh = _invite(held.organisation, "nouvelle@demo.example", b"\x01")
    known = _invite(held.organisation, "claire@demo.example", b"\x02")
    empty = organisation("Relais sans responsable (démonstration)", OrganisationKind.ASSOCIATION)
    creuse = territories.by_code("23")
    of_place = {
        name: [(SANDRINE, reverse(name, args=[place.pk]))]
        for name in ("my_place", "my_place_facts", "prices", "place_close", "place_reopen")
    }
    device = _device(place)
    of_device = {
        name: [(SANDRINE, reverse(name, args=[device.pk]))]
        for name in ("device", "device_revoke", "device_limits")
    }
    claim = device.claims.get().pk
    of_claim = {
        name: [(who, reverse(name, args=[claim]))]
        for name, who in (
            ("unpaid_claim", SANDRINE), ("claim_contest", SANDRINE), ("claim_give_up", SANDRINE),
            ("claim_uphold", OPERATOR), ("claim_pay", OPERATOR),
        )
    }  # fmt: skip
    fund = guarantee_funds()[0].commitment.pk
    first = reverse("first_manager")
    return of_place | of_device | of_claim | {
        "unpaid_claims": [
            (SANDRINE, reverse("unpaid_claims")), (OPERATOR, reverse("unpaid_claims")),
            (SANDRINE, reverse("unpaid_claims") + "?etat=closed"),
        ],
        "guarantees": [(OPERATOR, reverse("guarantees"))],
        "guarantee_new": [(OPERATOR, reverse("guarantee_new"))],
        "guarantee_cash": [(OPERATOR, reverse("guarantee_cash", args=[fund]))],
        "free_hours": [(FUNDER, reverse("free_hours"))],
        "free_hours_new": [(FUNDER, reverse("free_hours_new"))],
        "home_help": [(SANDRINE, reverse("home_help"))],
        "devices": [(SANDRINE, reverse("devices"))],
        "device_new": [(SANDRINE, reverse("device_new"))],
        "offline_counter": [(ANYONE, reverse("offline_counter"))],
        "organisation": [(SANDRINE, reverse("organisation")), (HUB, reverse("organisation"))],
        "members": [(SANDRINE, reverse("members"))],
        "left_hours": [(SANDRINE, reverse("left_hours", args=[held.pk]))],
        "member_remove": [(SANDRINE, reverse("member_remove", args=[held.pk]))],
        "tokens": [(SANDRINE, reverse("tokens"))],
        "my_places": [(SANDRINE, reverse("my_places"))],
        "first_manager": [(HUB, first), (HUB, f"{first}?organisation={empty.pk}")],
        "qualifications": [
            (HUB, reverse("qualifications")),
            (HUB, reverse("qualifications") + "?etat=qualified"),
            (HUB, reverse("qualifications") + "?q=zzz"),
        ],
        "qualification": [(HUB, reverse("qualification", args=[place.pk]))],
        "decision": [
            (HUB, reverse("decision", args=[creuse.kind, creuse.code, what]))
            for what in ("habiliter", "refus", "creneaux", "causes")
        ],
        "invitation": [
            (ANYONE, fresh), (ANYONE, known), (SANDRINE, fresh), (ANYONE, "/invitation/inconnue"),
        ],
    }  # fmt: skip
