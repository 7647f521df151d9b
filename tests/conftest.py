"""What holds for every test."""

from hypothesis import settings

# Derandomized: a run is green or red for what the code is, not for its luck; `make fuzz` looks for news.
# No deadline: how long an example takes is for benchmarks to say.
settings.register_profile("nazh", deadline=None, derandomize=True)
settings.load_profile("nazh")
