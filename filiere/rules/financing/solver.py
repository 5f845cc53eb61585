"""A mixed-integer programme built row by row and solved to proof by HiGHS.

Numbers here are euros as binary floats, for the solver only: what leaves this package is integer
cents again, checked to the cent (see ``exact``). One thread and a fixed seed: same problem, same
answer.

Source: HiGHS, open-source linear optimisation.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

import highspy
import numpy as np

TIME_LIMIT_SECONDS = 10.0
INFINITE = highspy.kHighsInf
PROVEN = highspy.HighsModelStatus.kOptimal
IMPOSSIBLE = frozenset(
    {
        highspy.HighsModelStatus.kInfeasible,
        highspy.HighsModelStatus.kUnboundedOrInfeasible,
    }
)


@dataclass(frozen=True, slots=True)
class Solved:
    """Values of the columns, price of each row; ``is_proven`` when nothing better exists."""

    values: tuple[float, ...]
    prices: tuple[float, ...]
    objective: float
    is_proven: bool


@dataclass(slots=True)
class Programme:
    """Columns and rows of a problem that minimises the sum of costs."""

    lower: list[float] = field(default_factory=list)
    upper: list[float] = field(default_factory=list)
    cost: list[float] = field(default_factory=list)
    whole: list[bool] = field(default_factory=list)
    rows: list[tuple[Mapping[int, float], float, float]] = field(default_factory=list)

    def column(
        self, *, upper: float, lower: float = 0.0, cost: float = 0.0, whole: bool = False
    ) -> int:
        """Add a variable between two values; give its rank."""
        self.lower.append(lower)
        self.upper.append(upper)
        self.cost.append(cost)
        self.whole.append(whole)
        return len(self.cost) - 1

    def row(
        self,
        weights: Mapping[int, float],
        *,
        least: float = -INFINITE,
        most: float = INFINITE,
    ) -> int:
        """Add a requirement on a weighted sum of variables; give its rank."""
        self.rows.append((weights, least, most))
        return len(self.rows) - 1

    def release(self, row: int) -> None:
        """Ask nothing any more of a requirement."""
        self.rows[row] = (self.rows[row][0], -INFINITE, INFINITE)

    def weigh(self, costs: Mapping[int, float]) -> None:
        """Set the costs: those named, and none else."""
        self.cost = [costs.get(column, 0.0) for column in range(len(self.cost))]

    def fix(self, column: int, value: float) -> None:
        """Hold a variable at a value."""
        self.lower[column] = self.upper[column] = value

    def solve(self, *, whole: bool = True) -> Solved | None:
        """Solve to proof, or to the best found within the time allowed.

        Args:
            whole: keep whole what must be whole; without it the rows have prices.

        Returns:
            None when no solution exists, or none was found in time.
        """
        if not self.cost:  # nothing to choose: every requirement holds at nothing, or none can
            holds = all(least <= 0.0 <= most for _, least, most in self.rows)
            return Solved((), (0.0,) * len(self.rows), 0.0, is_proven=True) if holds else None
        # highspy says its types, save that of its constructor
        highs = highspy.Highs()  # type: ignore[no-untyped-call]
        highs.silent()
        for option, value in (
            ("threads", 1), ("random_seed", 1), ("time_limit", TIME_LIMIT_SECONDS),
            ("mip_rel_gap", 1e-7), ("primal_feasibility_tolerance", 1e-9),
            ("mip_feasibility_tolerance", 1e-9),
        ):  # fmt: skip
            highs.setOptionValue(option, value)
        highs.passModel(self._model(whole=whole))
        highs.run()
        status = highs.getModelStatus()
        info = highs.getInfo()
        if status in IMPOSSIBLE or info.primal_solution_status != 2:
            return None
        found = highs.getSolution()
        return Solved(
            values=tuple(found.col_value),
            prices=tuple(found.row_dual) if not whole else (),
            objective=float(info.objective_function_value),
            is_proven=status == PROVEN,
        )

    def _model(self, *, whole: bool) -> highspy.HighsLp:
        """Write the problem as HiGHS reads it, row by row."""
        model = highspy.HighsLp()
        model.num_col_, model.num_row_ = len(self.cost), len(self.rows)
        model.col_cost_ = np.array(self.cost)
        model.col_lower_ = np.array(self.lower)
        model.col_upper_ = np.array(self.upper)
        model.row_lower_ = np.array([least for _, least, _ in self.rows])
        model.row_upper_ = np.array([most for _, _, most in self.rows])
        sizes = [len(weights) for weights, _, _ in self.rows]
        model.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        model.a_matrix_.start_ = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int32)
        model.a_matrix_.index_ = np.array(
            [column for weights, _, _ in self.rows for column in weights], dtype=np.int32
        )
        model.a_matrix_.value_ = np.array(
            [value for weights, _, _ in self.rows for value in weights.values()], dtype=float
        )
        if whole and any(self.whole):
            kinds = (highspy.HighsVarType.kContinuous, highspy.HighsVarType.kInteger)
            model.integrality_ = [kinds[is_whole] for is_whole in self.whole]
        return model
