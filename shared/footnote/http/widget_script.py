"""The widget as the one script that pages of other sites load."""

from functools import cache

from footnote.http.joined_script import etag_of, joined_script


@cache
def widget_script() -> str:
    """The script: plain, without imports, and nothing of it is visible to the page."""
    return joined_script("widget/widget.js")


@cache
def widget_etag() -> str:
    """Changes whenever the script does."""
    return etag_of(widget_script())
