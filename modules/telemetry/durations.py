"""Lengths of time as people read them, the same in Discord and on the dashboard."""


def duration_text(seconds: float) -> str:
    """A length of time in its two largest units, such as `3 d 4 h` or `12 s`."""
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    if days:
        return f"{days} d {hours} h"
    if hours:
        return f"{hours} h {minutes} min"
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"
