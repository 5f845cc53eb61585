"""People who sign in, the organisations they act for, and their roles."""
