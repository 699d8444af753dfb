"""How fast and how well search finds, beside bare SQL and other frameworks on the same Postgres."""
