"""Funders' forms as data: facts of a project, forms that map them, and what is left to fill.

Pure: texts and mappings in, frozen objects out. A mapping never runs code.
"""
