"""Measured speed, one JSON line each."""
