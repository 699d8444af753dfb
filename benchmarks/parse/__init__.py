"""How fast and how completely files are read, beside other readers in the same run."""
