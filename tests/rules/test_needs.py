from filiere.rules import national_lists
from filiere.rules.needs import NeedGroup, all_needs, need
from filiere.rules.procedures import all_operators, all_procedures, operator, procedure

SERVICES = {entry.key for entry in national_lists.entries("services")}


def test_the_eight_needs_are_those_of_the_first_step():
    assert [(one.key, one.group) for one in all_needs()] == [
        ("procedure", NeedGroup.URGENT),
        ("breakdown", NeedGroup.URGENT),
        ("scam", NeedGroup.URGENT),
        ("learn", NeedGroup.TIME),
        ("work", NeedGroup.TIME),
        ("child", NeedGroup.TIME),
        ("equipment", NeedGroup.TIME),
        ("unsure", NeedGroup.UNSURE),
    ]


def test_needs_have_both_languages_and_known_services():
    for one in all_needs():
        assert one.services
        assert set(one.services) <= SERVICES
        assert one.label("fr") != one.label("en")
        assert one.example("fr") != one.example("en")


def test_need_is_none_for_an_address_typed_by_hand():
    assert need("nonsense") is None


def test_procedures_belong_to_known_operators_and_services():
    operators = {one.key for one in all_operators()}

    assert len(operators) >= 11
    assert len(all_procedures()) >= 25
    assert len({one.key for one in all_procedures()}) == len(all_procedures())
    for one in all_procedures():
        assert one.operator in operators
        assert one.service in SERVICES
        assert one.label("fr")
        assert one.label("en")


def test_every_operator_has_a_procedure():
    assert {one.key for one in all_operators()} == {one.operator for one in all_procedures()}


def test_unknown_keys_are_none():
    assert procedure("nonsense") is None
    assert operator("nonsense") is None
    assert operator("caf").label("fr") == "CAF"
