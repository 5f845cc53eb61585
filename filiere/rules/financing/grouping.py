"""Lines alike to every source are one line to the optimiser: fewer columns, the same answer.

Two lines are alike when the same sources may pay them, each the whole line. What a source pays of
a group is spread over its lines afterwards, to the cent. Two grants of the Union may not meet on a
line: when the lines of a group cannot be dealt out between them, such lines are kept apart and
the problem is solved again (``apart``), so nothing is lost but time.

Source: exact reduction, our own.
"""

from collections.abc import Mapping
from dataclasses import replace

from filiere.rules.financing.problem import Candidate, Problem
from filiere.rules.financing.shape import Kind, Line

Groups = Mapping[str, tuple[Line, ...]]
Parts = dict[tuple[str, str], int]
Signature = tuple[bool, frozenset[str], str]


def group_lines(
    problem: Problem, candidates: tuple[Candidate, ...], *, apart: bool
) -> tuple[Problem, tuple[Candidate, ...], Groups]:
    """Give the same problem with one line per group, and the lines of each group.

    Args:
        problem: what is asked.
        candidates: the sources that may be in the plan; their limits stay what they are.
        apart: keep apart the lines that several grants of the Union may pay.

    Returns:
        The problem, the candidates and the groups; a group bears the key of its first line.

    Source: see the module.
    """
    gathered: dict[Signature, list[Line]] = {}
    for line in problem.lines:
        gathered.setdefault(_signature(line, candidates, apart=apart), []).append(line)
    groups = {lines[0].key: tuple(lines) for lines in gathered.values()}
    merged = tuple(_merged(lines) for lines in groups.values())
    smaller = tuple(
        replace(
            one,
            payable={
                key: sum(one.payable[line.key] for line in lines)
                for key, lines in groups.items()
                if key in one.payable
            },
        )
        for one in candidates
    )
    return replace(problem, lines=merged), smaller, groups


def _signature(line: Line, candidates: tuple[Candidate, ...], *, apart: bool) -> Signature:
    """Give what makes a line alike another; its own key when it can be like no other."""
    payers = [one for one in candidates if line.key in one.payable]
    is_whole = all(one.payable[line.key] == line.amount_cents for one in payers)
    unions = sum(one.source.kind == Kind.EU for one in payers)
    alone = "" if is_whole and (unions < 2 or not apart) else line.key
    return line.is_in_kind, frozenset(one.source.key for one in payers), alone


def _merged(lines: tuple[Line, ...]) -> Line:
    if len(lines) == 1:
        return lines[0]
    total = sum(line.amount_cents for line in lines)
    return replace(lines[0], amount_cents=total, with_vat_cents=None, without_vat_cents=None)


def spread(
    parts: Mapping[tuple[str, str], int], groups: Groups, unions: frozenset[str]
) -> Parts | None:
    """Spread what each source pays of a group over its lines, to the cent.

    Args:
        parts: cents by source and group; they never exceed the group.
        groups: the lines of each group.
        unions: sources that are grants of the Union: no two of them meet on a line.

    Returns:
        Cents by source and line, above zero; None when grants of the Union would have to meet.

    Source: lines are filled one after the other; our own choice.
    """
    found = Parts()
    for key, lines in groups.items():
        room = {line.key: line.amount_cents for line in lines}
        given = {source: cents for (source, group), cents in parts.items() if group == key}
        several = [source for source in given if source in unions]
        if len(several) > 1:
            dealt = _deal({source: given.pop(source) for source in several}, room)
            if dealt is None:
                return None
            found |= dealt
        for source, cents in given.items():
            found |= _fill(source, cents, room)
    return found


def _fill(source: str, cents: int, room: dict[str, int]) -> Parts:
    """Fill the room left in some lines, in order; the room is changed."""
    found = Parts()
    for line, free in room.items():
        taken = min(cents, free)
        if taken:
            found[source, line] = taken
            room[line] -= taken
            cents -= taken
    return found


def _deal(given: Mapping[str, int], room: dict[str, int]) -> Parts | None:
    """Give each source whole lines, then the smallest that holds its rest; None if none is left.

    The room is changed: what is left of a line is for sources of another kind.
    """
    found, free = Parts(), sorted(room, key=lambda line: -room[line])
    for source, cents in sorted(given.items(), key=lambda item: -item[1]):
        left, passed = cents, list[str]()
        for line in free:
            if 0 < room[line] <= left:
                found[source, line] = room[line]
                left -= room[line]
                room[line] = 0
            else:
                passed.append(line)
        if left:
            if not passed:
                return None
            last = passed.pop()  # the smallest line passed over: all of them hold the rest
            found[source, last] = left
            room[last] -= left
        free = passed
    return found
