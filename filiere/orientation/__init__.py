"""Finder, ranking, referrals and unmet need."""
