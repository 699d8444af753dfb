"""The HTTP API: requests in, JSON or an error in one form out."""

from footnote.http import slim_powertools

slim_powertools.install()
