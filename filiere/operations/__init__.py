"""What crosses all apps: the loop, demo data, the check of the stored state."""
