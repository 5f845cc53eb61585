"""Reads everything, writes nothing: follow the euro, funnels, the three aims."""
