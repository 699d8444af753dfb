"""Curves of growth: chunks, clients at once, and a backlog of events."""
