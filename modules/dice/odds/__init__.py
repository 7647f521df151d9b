"""Exact odds: what a notation can come to, and how often, as integer counts over one denominator."""
