"""Statements that cross apps: the journal against the rows that gave rise to it."""

from filiere.kernel.checks import Invariant
from filiere.kernel.checks import declare as declare_invariants
from filiere.ledger import queries as ledger


def declare() -> None:
    """Register the cross-app invariants.

    Every column of an upper app that points to a posting group claims the groups it names: read
    from the models, so that none is forgotten.
    """
    origins = " UNION ALL ".join(
        f'SELECT DISTINCT "{column}" AS g FROM "{table}" WHERE "{column}" IS NOT NULL'
        for table, column in ledger.pointers()
    )
    declare_invariants(
        Invariant(
            "operations.origin_is_unique",
            "No posting group is claimed by two rows.",
            f"SELECT g, count(*) FROM ({origins}) o GROUP BY g HAVING count(*) > 1 ORDER BY g",
        ),
        Invariant(
            "operations.group_has_an_origin",
            "Every posting group was caused by a row of an upper app, or reverses another.",
            f"""
            SELECT p.id, p.key FROM ledger_postinggroup p
              LEFT JOIN ({origins}) o ON o.g = p.id
             WHERE o.g IS NULL AND p.reverses_id IS NULL ORDER BY p.key
            """,
        ),
    )
