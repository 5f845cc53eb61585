"""Django wiring only: settings, URLs, entry points. Nothing imports it."""
