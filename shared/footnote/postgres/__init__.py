"""The only place that imports psycopg."""
