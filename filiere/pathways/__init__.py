"""Diagnosis, session notes and follow-up of each person's pathway."""
