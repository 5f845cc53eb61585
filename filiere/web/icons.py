"""Our own icons: a 32 grid, one 2 px line, round ends, drawn in one stroke where possible.

Each is the content of an ``<svg>``; a dot is a line of almost no length. Signs differ by their
outline: circle for good news and information, triangle for a warning, octagon for a refusal.
"""

from typing import Final


def _line(path: str, *circles: tuple[float, float, float]) -> str:
    dots = "".join(f'<circle cx="{x:g}" cy="{y:g}" r="{r:g}"/>' for x, y, r in circles)
    return f'<path d="{path}"/>{dots}'


_ROUND = (16, 16, 12)

ICONS: Final[dict[str, str]] = {
    "document": _line("M8 4h11l6 6v18H8z M19 4v6h6 M12.5 16h8 M12.5 20h8 M12.5 24h4"),
    "phone-broken": _line(
        "M13 3h6a3 3 0 0 1 3 3v20a3 3 0 0 1-3 3h-6a3 3 0 0 1-3-3V6a3 3 0 0 1 3-3z"
        " M16 8l-3 5 6 2.5-4 3.5 3 3"
    ),
    "shield": _line("M16 4l10 3.5V15c0 6-4 10.5-10 13C10 25.5 6 21 6 15V7.5z M16 11v6.5 M16 22v.1"),
    "laptop": _line("M9 7h14a2 2 0 0 1 2 2v11H7V9a2 2 0 0 1 2-2z M3 25h26 M13 20v2h6v-2"),
    "briefcase": _line(
        "M6 10h20a2 2 0 0 1 2 2v13a2 2 0 0 1-2 2H6a2 2 0 0 1-2-2V12a2 2 0 0 1 2-2z"
        " M12 10V6h8v4 M4 18h24 M16 16.5v3"
    ),
    "family": _line("M4 28v-6a7 7 0 0 1 14 0v6 M21 28v-7a4 4 0 0 1 7 0v7", (11, 8, 4), (24, 13, 3)),
    "euro": _line("M26 8.5a10 10 0 1 0 0 15 M4 14h14 M4 18h12"),
    "question": _line("M12.5 13a3.6 3.6 0 1 1 5.2 3.1c-1.1.6-1.7 1.2-1.7 2.6 M16 22.8v.1", _ROUND),
    "calendar": _line("M7 7h18a2 2 0 0 1 2 2v18H5V9a2 2 0 0 1 2-2z M5 14h22 M11 4v6 M21 4v6"),
    "pin": _line("M16 29c6-7 9-11.5 9-16a9 9 0 1 0-18 0c0 4.5 3 9 9 16z", (16, 13, 3.2)),
    "person": _line("M6 28v-1a10 9 0 0 1 20 0v1", (16, 10, 5.5)),
    "people": _line(
        "M3 27v-1a8 8 0 0 1 16 0v1 M21 6.2a5 5 0 0 1 0 9.6 M23 19a8 8 0 0 1 6 7v1", (11, 11, 5)
    ),
    "call": _line(
        "M7 4h5l3 7-3.5 2.500a14 14 0 0 0 7 7L21 17l7 3v5a3 3 0 0 1-3 3C13.5 27.5 4.5"
        " 18.5 4 7a3 3 0 0 1 3-3z"
    ),
    "print": _line("M10 11V4h12v7 M10 22H5V11h22v11h-5 M10 18h12v10H10z"),
    "scan": _line(
        "M4 10V4h6 M22 4h6v6 M28 22v6h-6 M10 28H4v-6 M10 10h5v5h-5z M20 10h2v5 M10 20h5v2 M20 20v2h2"
    ),
    "check": _line("M6 17l7 7L27 9"),
    "cross": _line("M8 8l16 16 M24 8L8 24"),
    "plus": _line("M16 6v20 M6 16h20"),
    "arrow": _line("M5 16h22 M18 7l9 9-9 9"),
    "back": _line("M27 16H5 M14 7l-9 9 9 9"),
    "info": _line("M16 15v7.5 M16 10v.1", _ROUND),
    "warning": _line("M16 5l12.5 22h-25z M16 13v7 M16 23.500v.1"),
    "refusal": _line("M11 4h10l7 7v10l-7 7H11l-7-7V11z M12 12l8 8 M20 12l-8 8"),
    "ok": _line("M10.5 16.500l4 4 7.5-8.5", _ROUND),
    "loudspeaker": _line("M5 12h5l7-6v20l-7-6H5z M21 12a6 6 0 0 1 0 8 M25 8a11 11 0 0 1 0 16"),
    "menu": _line("M5 9h22 M5 16h22 M5 23h22"),
    "search": _line("M20.5 20.500L28 28", (14, 14, 9)),
    "list": _line("M11 8h17 M11 16h17 M11 24h17 M5 8h.1 M5 16h.1 M5 24h.1"),
    "map": _line("M4 8l8-4 8 4 8-4v20l-8 4-8-4-8 4z M12 4v20 M20 8v20"),
    "clock": _line("M16 9v7l5 3", _ROUND),
    "wheelchair": _line("M14 9v9h7l4 8h3 M14 13h6 M11 15a7 7 0 1 0 9 9", (14, 5, 2)),
    "home": _line("M4 15L16 5l12 10 M8 12v16h16V12 M13 28v-8h6v8"),
    "download": _line("M16 4v16 M9 13l7 7 7-7 M5 27h22"),
    "link": _line("M13 19l6-6 M14 9l3-3a6.5 6.5 0 0 1 9 9l-3 3 M18 23l-3 3a6.5 6.5 0 0 1-9-9l3-3"),
    "building": _line(
        "M5 28V7l11-3 11 3v21 M3 28h26 M13 28v-6h6v6 M11 12h3 M18 12h3 M11 17h3 M18 17h3"
    ),
    "wrench": _line("M27 8l-5 5-3-3 5-5a7 7 0 0 0-9 9L4 25l3 3 11-11a7 7 0 0 0 9-9z"),
    "mail": _line("M4 7h24v18H4z M4 9l12 9 12-9"),
    "lock": _line("M7 14h18v14H7z M11 14v-4a5 5 0 0 1 10 0v4 M16 20v3"),
    "edit": _line("M5 27l1.5-6.500L21 6l5 5-14.5 14.500z M18 9l5 5"),
    "voucher": _line("M4 8h24v5a3 3 0 0 0 0 6v5H4v-5a3 3 0 0 0 0-6z M19 8v3 M19 14.500v3 M19 21v3"),
    "book": _line(
        "M16 8c-3-2.5-7-3-12-3v20c5 0 9 .5 12 3 3-2.5 7-3 12-3V5c-5 0-9 .5-12 3z M16 8v20"
    ),
    "send": _line("M4 15L28 5l-7 23-6-9z M15 19L28 5"),
    "bus": _line(
        "M8 5h16a2 2 0 0 1 2 2v16H6V7a2 2 0 0 1 2-2z M6 16h20 M9 23v4 M23 23v4 M11 19.500h.1 M21 19.500h.1"
    ),
    "flag": _line("M7 29V4 M7 5h18l-4 6 4 6H7"),
    "undo": _line("M10 6l-6 6 6 6 M4 12h15a8 8 0 0 1 0 16h-7"),
}
