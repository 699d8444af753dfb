"""What running Footnote costs: measured work times published prices."""
