"""Lots, vouchers and their movements."""
