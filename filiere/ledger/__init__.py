"""The only door through which value moves: append-only transfers between accounts."""
