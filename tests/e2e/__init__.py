"""Journeys in a real browser, and every page under axe. The site runs beside, in its own process."""
