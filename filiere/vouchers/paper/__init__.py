"""Vouchers on paper: booklets, and the letter that carries one voucher."""
