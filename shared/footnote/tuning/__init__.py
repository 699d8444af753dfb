"""Tuning: what to change about an index, and how much better it is on questions not seen."""
