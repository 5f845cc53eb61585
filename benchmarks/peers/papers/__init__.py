"""Vouchers as an application built on one of the peers would keep them."""
