"""The page to try Footnote in: one HTML file with its style and scripts, served by the API."""
