"""Text to vectors, hosted or local."""
