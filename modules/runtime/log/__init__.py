"""The log: from a record to a line, and from a line to wherever it can still be written."""
