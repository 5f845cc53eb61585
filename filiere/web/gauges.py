"""Where the marks of a gauge fall, in the units of its drawing (320 wide)."""

from dataclasses import dataclass

LEFT, WIDTH = 10, 300


@dataclass(frozen=True, slots=True)
class GaugeDrawing:
    """Horizontal positions, as text that no language reformats; ``value_x`` is "" if unknown."""

    value_x: str
    goal_x: str
    text_x: str
    anchor: str


def draw(*, value: float | None, goal: float, maximum: float) -> GaugeDrawing:
    """Place the value, the goal and the goal's words on the thread.

    Args:
        value: where one is, on the scale of ``maximum``; beyond it, the knot stays at the end.
        goal: where one wants to be, same scale.
        maximum: right end of the thread, > 0.
    """

    def position(amount: float) -> int:
        return LEFT + round(WIDTH * min(max(amount / maximum, 0), 1))

    goal_x = position(goal)
    anchor = "start" if goal_x < 60 else "end" if goal_x > 260 else "middle"
    text_x = {"start": 0, "middle": goal_x, "end": 320}[anchor]
    return GaugeDrawing(
        value_x="" if value is None else str(position(value)),
        goal_x=str(goal_x),
        text_x=str(text_x),
        anchor=anchor,
    )
