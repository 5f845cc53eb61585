"""Places, offers and workers; imports of the national standard with provenance."""
