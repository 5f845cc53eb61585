"""The parts of a voucher or of a movement, as its own row holds them."""

from django.db import models
from django.db.models import Func


class PartsHold(Func):
    """SQL ``vouchers_parts_hold``: these are the parts of that total, each within its bounds.

    Takes the fields of the total, of its parts and, at will, of what each part may not exceed.
    """

    function = "vouchers_parts_hold"
    output_field = models.BooleanField()
