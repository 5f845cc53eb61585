"""The operations, by area. Each declares who may call it; each calls the pages' services."""
