"""Questions to passages."""
