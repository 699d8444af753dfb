"""The file that a whole knowledge base is exported to and imported from: docs/export.md."""
