"""Filière: the system on which a territory's digital-inclusion sector runs."""
