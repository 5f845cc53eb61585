"""All that leaves with an operator, and how another goes on from it."""
