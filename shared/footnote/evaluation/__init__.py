"""Question sets to figures: what was found, said, cited and declined, and how sure that is."""
