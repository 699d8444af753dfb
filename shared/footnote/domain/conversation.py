"""What was said before in a conversation, as far as later questions may lean on it."""

# The latest questions as they were written, oldest first; empty where there is no such
# conversation, or none any more.
type Turns = tuple[str, ...]
