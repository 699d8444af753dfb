"""Lambda's Python runtime client with response streaming, which Lambda's own does not have yet.

The function `stream` is started through `wrapper`, which runs this in place of Lambda's own.
"""
