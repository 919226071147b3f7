"""How the application writes numbers, shapes and times: the same everywhere."""

from __future__ import annotations

import math
from datetime import date, datetime, timedelta

from core.engine.machine.compilers import Progress
from core.schema.written import count_text, tidied


def short_count_text(count: int) -> str:
    """At most five digits, the same on blocks and in panels: `61,706`, `416 k`, `1.2 M`, `10.8 M`."""
    if abs(count) < 100_000:
        return count_text(count)
    scaled, unit = _scaled(count)
    return f"{scaled:.1f} {unit}" if abs(scaled) < 99.95 else f"{scaled:,.0f} {unit}"


def _scaled(count: int) -> tuple[float, str]:
    """The number in thousands, millions and so on, below 1000, and the unit's letter."""
    scaled, unit = float(count), ""
    for unit in ("k", "M", "G", "T"):  # noqa: B007  # the last unit tried is the one
        scaled /= 1000
        if abs(scaled) < 999.5:
            break
    return scaled, unit


def number_text(value: float) -> str:
    """The shortest text that gives the same number back: `0.001`, `1e-5`, `1`."""
    mantissa, exponent, power = repr(float(value)).partition("e")
    mantissa = mantissa.removesuffix(".0")
    return f"{mantissa}e{int(power)}" if exponent else mantissa


def measure_text(value: float) -> str:
    """A measured value, such as a loss, in four significant digits: `1.202`, `0.04310`, `2.1e-5`."""
    plain = math.isfinite(value) and (value == 0 or abs(value) >= 1e-4)
    return tidied(f"{value:#.4g}" if plain else f"{value:.1e}")


def percent_text(share: float) -> str:
    """A share from 0 to 1: `98.7 %`."""
    return f"{100 * share:.1f} %" if math.isfinite(share) else "–"


def duration_text(seconds: float) -> str:
    """`0:42`, `12:05`, `1:02:03`."""
    if not math.isfinite(seconds) or seconds < 0:
        return "–"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def bytes_text(count: int) -> str:
    """Memory in decimal units: `640 B`, `12 kB`, `1.2 GB`."""
    scaled, unit = float(count), "B"
    for larger in ("kB", "MB", "GB", "TB"):
        if scaled < 999.5:
            break
        scaled, unit = scaled / 1000, larger
    return f"{scaled:.1f} {unit}" if unit != "B" and scaled < 9.95 else f"{scaled:,.0f} {unit}"


def seconds_text(seconds: float) -> str:
    """A time that isn't counted off: `0.4 s`, `42 s`, `2:05 min`, `1:02:03 h`."""
    if seconds < 99.5:
        return f"{seconds:.1f} s" if seconds < 9.95 else f"{seconds:.0f} s"
    return f"{duration_text(seconds)} {'h' if seconds >= 3599.5 else 'min'}"


def compiling_text(progress: Progress) -> str:
    """What is done while operations are compiled, with the one that is next."""
    return f"Compiling operation {min(progress.done + 1, progress.total)} of {progress.total}…"


def ahead_text(progress: Progress) -> str:
    """The same for what is compiled before anybody waits for it."""
    return (
        f"Getting ready for training: operation {min(progress.done + 1, progress.total)} of {progress.total}"
    )


def moment_text(when: str) -> str:
    """A moment in ISO 8601 as the clock on the wall had it: `today, 14:02`, `2030-01-31, 14:02`."""
    try:
        moment = datetime.fromisoformat(when).astimezone()
    except ValueError:
        return when
    days = {date.today(): "today", date.today() - timedelta(days=1): "yesterday"}
    return f"{days.get(moment.date(), moment.date().isoformat())}, {moment:%H:%M}"
