"""Counts that may be read by everyone without finding anybody by subtraction.

Pure functions: no database, no clock. One place's count taken from its intercommunality's, or one
day's from the next day's, must not give back the count of a handful of people. Counts are told by
steps: the difference of two steps leaves several possible values, so nothing has to be hidden a
second time in the territories around (perimeters overlap, and there would be no end to it).

Source: groups under a threshold are not told (parameter ``small_cells.threshold``); telling the
rest by steps of that threshold is our own choice among the usual ways (rounding, merging, hiding a
second cell).
"""


def told_count(count: int, *, persons: int, least: int) -> int | None:
    """Give a count as it may be published: rounded down to a step, None for too few people.

    Nobody at all is told like too few: otherwise the silence itself would say that somebody came.

    Args:
        count: what is counted, >= ``persons``.
        persons: how many different people it holds, >= 0.
        least: threshold of small groups, and the step, >= 1.

    Raises:
        ValueError: an argument is outside its range (a caller's bug).

    Source: see the module.

    >>> [told_count(n, persons=n, least=5) for n in (0, 4, 5, 9, 10)]
    [None, None, 5, 5, 10]
    """
    if least < 1:
        raise ValueError(f"least is below one: {least}")
    if not 0 <= persons <= count:
        raise ValueError(f"{persons} persons for a count of {count}")
    return None if persons < least else count - count % least
