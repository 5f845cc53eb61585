"""Law and arithmetic: pure Python, dated parameters in YAML, no Django, no clock, no database.

Money is integer euro cents. Shares and rates are ``fractions.Fraction``. Dates and times are
arguments. The only files read are the YAML lists of ``data/``, shipped with the package.
"""
