"""People who are helped: pseudonymous file, encrypted identity, consent, retention."""
