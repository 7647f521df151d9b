"""The dearest legal messages found by searching (tests/dice/test_worst.py searches on)."""

WORST = {
    "ten thousand d6": "10000d6",
    "ten thousand d1000000": "10000d1000000",
    "ten thousand d255, counted": "10000d255>=128",
    "ten thousand dice, kept, raised, sorted": "10000d100kh5000mi2s",
    "five thousand dice that explode until the dice run out": "5000d2!!",
    "a thousand rounds of one exploding die": "1d524289!>1",
    "unique among as many": "5000d5000u",
    "fifty times a sum of single dice": "50#" + "+".join(["d9"] * 60),
    "fractions, fifty times": "50#" + "+".join(["1/3"] * 14),
    "deep parentheses": "(" * 50 + "1d6" + ")" * 50,
    "a thousand characters of terms": "+".join(["d17"] * 249),
    "many operators": "300d20" + "mi2ma19" * 12 + "s",
}
"""What it is → the notation."""
