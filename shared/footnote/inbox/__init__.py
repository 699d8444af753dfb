"""S3 notifications, the order of events, and the objects that they name."""
