"""The counter that goes on without network: one page that a phone keeps, and what keeps it.

The page is the same for everyone and names nobody: what a device knows, it asks the API for, and
keeps itself. Without script the page says where the counter with network is.
"""

import hashlib

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from filiere.web.access import public
from filiere.web.claim_words import reasons, withdrawn_words
from filiere.web.forms.day import OUTCOMES

STYLES = (
    "tokens", "layout", "header", "controls", "choices", "parts", "results", "places", "flow",
    "tables", "figures", "paper", "adapt",
)  # fmt: skip
SCRIPTS = (
    "offline_store", "offline_codes", "offline_sending", "offline_withdrawn", "offline_camera",
    "offline_counter",
)  # fmt: skip
# Read by the name that the library itself imports, so without the digest of a published file.
QR = ("decode.js", "index.js")
FONTS = (
    "atkinson-hyperlegible-mono-latin-600-normal",
    "atkinson-hyperlegible-next-latin-ext-wght-normal",
    "atkinson-hyperlegible-next-latin-wght-normal",
)


def assets() -> list[str]:
    """Give the addresses of all that the page needs besides itself."""
    return [
        *(static(f"filiere/css/{name}.css") for name in STYLES),
        *(static(f"filiere/js/{name}.js") for name in SCRIPTS),
        *(static(f"filiere/fonts/{name}.woff2") for name in FONTS),
        *(_as_named(name) for name in QR),
        static("filiere/mark.svg"),
    ]


def _as_named(name: str) -> str:
    """Give the address of a file of the library that reads squares where the browser cannot."""
    return f"{settings.STATIC_URL}filiere/vendor/qr-0.7.0/{name}"


@require_safe
@public
def offline_counter(request: HttpRequest) -> HttpResponse:
    """Take vouchers, with or without network, on a registered device."""
    context = {
        "outcomes": OUTCOMES,
        "reasons": reasons(),
        "withdrawn": withdrawn_words(),
        "qr": _as_named(QR[0]),
        "scripts": SCRIPTS,
    }
    return render(request, "offline/counter.html", context)


@require_safe
@public
def offline_worker(request: HttpRequest) -> HttpResponse:
    """Give the script that keeps the page; it changes whenever anything it keeps does."""
    kept = assets()
    version = hashlib.sha256("\n".join(kept).encode()).hexdigest()[:12]
    context = {"shell": reverse("offline_counter"), "assets": kept, "version": version}
    return render(request, "offline/worker.js", context, content_type="text/javascript")


@require_safe
@public
def offline_manifest(request: HttpRequest) -> HttpResponse:
    """Say how the page is installed on a phone."""
    shell = reverse("offline_counter")
    return JsonResponse(
        {
            "name": _("Filière, the counter"),
            "short_name": _("Counter"),
            "id": shell,
            "start_url": shell,
            "scope": shell,
            "display": "standalone",
            "background_color": "#ffffff",
            "theme_color": "#09543f",
            "icons": [{"src": static("filiere/mark.svg"), "sizes": "any", "type": "image/svg+xml"}],
        },
        content_type="application/manifest+json",
    )
