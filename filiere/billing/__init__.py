"""Price rules, charges, and their split between payers."""
