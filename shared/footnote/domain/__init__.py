"""Pure data and pure rules that every flow shares; imports the standard library only."""
