"""The HTTP API: requests in, JSON or an error in one form out."""
