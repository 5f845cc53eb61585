"""Purposes of consent. Other apps name them from here: the models of this app are closed."""

from django.db import models


class Purpose(models.TextChoices):
    """What a person may consent to, each by itself."""

    KEEP_IDENTITY = "keep_identity", "garder mon nom"
    TELL_SENDER = "tell_sender", "dire le résultat à qui m'envoie"
    FOLLOW_UP = "follow_up", "me recontacter"
