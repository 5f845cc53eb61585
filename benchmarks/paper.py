"""Ten thousand vouchers to PDF: the part of ``make bench NAME=issue`` that is about paper.

Run before anything that needs more memory: what is measured is the most the process ever held.
"""

import resource
import stat
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from django.utils import timezone, translation

if TYPE_CHECKING:
    from filiere.vouchers.models import Lot

SECONDS, MEBIBYTES = 60, 500


def most_mebibytes() -> float:
    """The most memory this process has held so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def print_all(lot: "Lot") -> tuple[dict[str, float | int | str], dict[str, float]]:
    """Print every booklet of a lot as ``filiere print-lot`` does.

    Returns:
        What was measured, and the ratios: budget ÷ measured, the time brought to 10,000 vouchers.
    """
    from filiere.vouchers.paper import printing

    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(stat.S_IRWXU)
        began, processor = time.perf_counter(), time.process_time()
        with translation.override("fr"):
            files = printing.print_lot(
                lot=lot, folder=Path(folder), at=timezone.now(), actor="bench"
            )
        seconds = time.perf_counter() - began
        processor = time.process_time() - processor
        size = sum(file.stat().st_size for file in files)
    mebibytes = most_mebibytes()
    results: dict[str, float | int | str] = {
        "pdf_vouchers": lot.count,
        "pdf_files": len(files),
        "pdf_seconds": round(seconds, 2),
        "pdf_processor_seconds": round(processor, 2),
        "pdf_size_mebibytes": round(size / 2**20, 1),
        "pdf_memory_mebibytes": round(mebibytes),
    }
    ratios = {
        "pdf_10000_budget": SECONDS / (seconds * 10_000 / lot.count),
        "pdf_memory_budget": MEBIBYTES / mebibytes,
    }
    return results, ratios
