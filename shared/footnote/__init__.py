"""Answers questions from your own documents and puts a checked source under every sentence."""
