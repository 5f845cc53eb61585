"""What every page knows: the navigation of whoever is looking, and what is shown in the footer."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest


def site(request: HttpRequest) -> dict[str, Any]:
    """Give templates who is acted for, the navigation, the demo notice and the helpline."""
    from filiere.web.acting import acting  # noqa: PLC0415  (reads models)
    from filiere.web.navigation import navigation_of  # noqa: PLC0415  (reads URL names)

    return {
        "acting": acting(request),
        "navigation": navigation_of(request),
        "demo": settings.DEMO,
        "helpline": settings.HELPLINE,
        "idle_minutes": settings.IDLE_MINUTES,
    }
