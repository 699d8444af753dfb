"""The slides of a PPTX file, read from its XML in the order in which they are shown."""
