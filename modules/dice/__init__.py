"""The dice language: notation to expression to roll. Pure: standard library only, no clock, no global state."""
