"""Pages: thin, they alone know HTML."""
