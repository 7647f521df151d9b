"""Speed, measured beside others in one run. Nothing here is imported by the product."""
