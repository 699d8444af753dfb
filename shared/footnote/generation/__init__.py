"""Model endpoints: hosted, or extractive without any model."""
