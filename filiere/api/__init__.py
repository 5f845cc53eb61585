"""REST API: thin, typed, the same services as the pages."""
