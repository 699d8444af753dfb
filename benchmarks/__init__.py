"""Comparisons with other programs; they are run by hand and are no tests."""
