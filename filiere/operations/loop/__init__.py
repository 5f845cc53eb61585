"""The whole loop, headless: every link of the chain through the services the pages use.

The places are those of the imported file; the people, slots, prices and money are invented, drawn
from a seed, and marked so. One clock is carried along: nothing reads the computer's.
"""
