"""The page to try Footnote in: one HTML file with its style and script, served by the API."""
