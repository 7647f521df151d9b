"""Tree to result: random source, compiler, operators at work, the finished roll."""
