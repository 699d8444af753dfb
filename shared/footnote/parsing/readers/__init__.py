"""One module per format, each turning a file's bytes into Unstructured elements."""

from footnote.parsing import slim_unstructured

# Every reader imports parts of Unstructured, and the stand-ins must be there first.
slim_unstructured.install()
