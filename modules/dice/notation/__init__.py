"""Text to tree: scanner, parser, operators, dialects, shortcuts and suggestions."""
