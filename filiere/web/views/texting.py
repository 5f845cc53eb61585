"""Sending a voucher's code by text message to who holds it."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from filiere.kernel.errors import FiliereError
from filiere.vouchers import services
from filiere.web.access import page, user_of
from filiere.web.views.hand_outs import address_of_given, given_voucher

SEND = "vouchers.print_letter"


@require_POST
@page(SEND)
def voucher_sms(request: HttpRequest, serial: int) -> HttpResponse:
    """Queue the text message of one voucher one's organisation handed out."""
    given_voucher(request, serial, SEND)
    try:
        services.send_by_sms(serial=serial, at=timezone.now(), actor=user_of(request).actor)
    except FiliereError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("The text message leaves within a few minutes."))
    return redirect(address_of_given(serial))
