"""Decision aids: questions in plain words, an answer with its reasons, never legal advice."""
