"""The dearest legal messages known; benchmarks/search.py looks for dearer ones."""

WORST = {
    "three thousand d1000000, half of them exploding": "3000d1000000!>500000",
    "ten thousand plot dice": "2#5000dP",
    "nearly as many unique dice as there are faces": "590d600u",
    "ten thousand dice, raised, lowered, sorted": "10000d100mi50ma60s",
    "three thousand single dice, fifty at a time": "50#" + "+".join(["d9"] * 60),
    "twelve times 245 single dice": "12#" + "+".join(["d17"] * 245),
    "three thousand d2 compounding": "3000d2!!",
    "one die exploding for a thousand rounds": "1d524289!!>1",
    "ten thousand dice of two hundred written faces": f"10000d[{','.join(map(str, range(200)))}]",
    "hundreds of sorts": "10d20" + " s" * 480,
    "fifty times twenty rolls": "50#" + ";".join(["d20+1"] * 20),
    "fifty plot dice beside d20s": "50#d20+dP",
    "ten thousand d1000000": "10000d1000000",
}
"""What it is → the notation."""
