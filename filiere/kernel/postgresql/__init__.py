"""Django's PostgreSQL backend, with a lighter look at kept connections."""
