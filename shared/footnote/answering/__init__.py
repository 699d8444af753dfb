"""Passages to a checked answer: prompt, citations, verification, declining."""
