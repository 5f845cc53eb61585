"""The one JSON line a benchmark prints."""

import json
import os
import platform
from collections.abc import Mapping


def show(
    *,
    name: str,
    results: Mapping[str, float | int | str],
    ratios: Mapping[str, float],
) -> None:
    """Print the line.

    Args:
        results: what was measured, its unit in the name (``seconds``, ``mebibytes``…).
        ratios: better when higher; a key that ends in ``_budget`` is budget ÷ measured.
    """
    machine = {
        "system": platform.system(),
        "processor": platform.machine(),
        "cores": os.cpu_count(),
        "python": platform.python_version(),
    }
    rounded = {key: round(ratio, 3) for key, ratio in ratios.items()}
    line = {"name": name, "machine": machine, "results": dict(results), "ratios": rounded}
    print(json.dumps(line, ensure_ascii=False))
