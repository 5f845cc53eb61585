"""Commitments promised and delivered between organisations."""
