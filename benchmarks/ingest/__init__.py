"""How fast knowledge comes in, as ratios to the bare work on the same machine in the same run."""
