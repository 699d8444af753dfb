"""The Model Context Protocol: agents search, read and ask over streamable HTTP."""
