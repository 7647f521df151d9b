"""REST requests: paced, bounded, retried, and never believed without a look."""
