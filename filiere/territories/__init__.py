"""Communes to nation, and dated indicators about them. Blank stays unknown."""
