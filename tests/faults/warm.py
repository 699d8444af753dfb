"""Loads what a worker loads at its first document, in the process that workers are forked from."""

from tests.faults.shelf import chunks_of

chunks_of(0)
