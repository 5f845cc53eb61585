"""The backend that ``settings.DATABASES`` names."""

import select

from django.db.backends.postgresql import base


class DatabaseWrapper(base.DatabaseWrapper):
    """Django's own, but for how a connection kept from the request before is looked at."""

    def is_usable(self) -> bool:
        """Tell whether the server is still there, without a round trip when it said nothing.

        A server that stops closes its end, or says why first: either can be read from the socket.
        Only then is it asked.
        """
        kept = self.connection
        if kept is None or kept.closed:
            return False
        watched = select.poll()
        watched.register(kept.fileno(), select.POLLIN)
        return not watched.poll(0) or super().is_usable()
