"""What is measured of an outcome, by subject."""
