"""Commands: thin, the same services as the pages."""
