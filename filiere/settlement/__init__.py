"""What providers are owed, payment batches, bank files."""
