"""Sending a voucher's code by text message to who holds it."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from filiere.kernel.errors import FiliereError, NotFound
from filiere.kernel.permissions import require
from filiere.vouchers import services
from filiere.vouchers.models import Voucher
from filiere.web.access import page, user_of

SEND = "vouchers.print_letter"


@require_POST
@page(SEND)
def voucher_sms(request: HttpRequest, serial: int) -> HttpResponse:
    """Queue the text message of one voucher one's organisation handed out."""
    found = Voucher.objects.filter(serial=serial, handed_out_by__isnull=False).first()
    if found is None:
        raise NotFound(reference=serial)
    require(request.user, SEND, found)
    try:
        services.send_by_sms(serial=serial, at=timezone.now(), actor=user_of(request).actor)
    except FiliereError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("The text message leaves within a few minutes."))
    return redirect(f"{reverse('booklets')}?numero={serial}#remis")
