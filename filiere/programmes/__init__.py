"""Programmes of commissioners, their funders' tranches and the cash received."""
