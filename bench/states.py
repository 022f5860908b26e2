"""The filter states that are timed, as queries of the product's URLs."""

from __future__ import annotations

from datetime import date, timedelta

TYPES = ("BURGLARY", "THEFT_CAR", "THEFT_PERSON", "VANDALISM", "VIOLENCE", "HARASSMENT", "ROBBERY")


def spread(first: date, last: date) -> dict[str, list[str]]:
    """Return states by name; a list of several is a brush, one state per step."""
    everything = f"from={first}&to={last}"
    year = f"from={last.year}-01-01&to={last}"
    four = f"from={last.year - 4}-01-01&to={last.year - 1}-12-31"
    day = timedelta(days=1)
    return {
        "all": [everything],
        "all, res 11": [f"{everything}&res=11"],
        "a year, 3 types": [f"{year}&types=BURGLARY,THEFT_CAR,ROBBERY"],
        "last 28 days (the default)": [""],
        "10 types": [f"{everything}&types={','.join(TYPES)},FIRE,WEAPONS,DRUG_DEAL"],
        "sectors, types, scenes, 4 years": [
            f"{four}&sectors=3,7&types=BURGLARY,VIOLENCE,THEFT_PERSON&scenes=FLAT,STREET,CELLAR"
        ],
        "mask: Fri-Sat 22-4": [f"{everything}&hours=22-4&days=5,6"],
        "mask: 7-23": [f"{everything}&hours=7-23"],
        "mask: Fri-Sat 22-4, last 28 days": ["hours=22-4&days=5,6"],
        "mask: 22-6, a year, 3 types, res 11": [
            f"{year}&types=BURGLARY,THEFT_CAR,ROBBERY&hours=22-6&res=11"
        ],
        "brush hours (all dates)": [
            f"{everything}&hours={start}-{(start + 5) % 24 or 24}" for start in range(0, 24, 2)
        ],
        "brush types (all dates)": [
            f"{everything}&types={','.join(TYPES[: n + 1])}" for n in range(len(TYPES))
        ],
        "brush dates (28 days moving)": [
            f"from={last - (27 + 7 * n) * day}&to={last - 7 * n * day}" for n in range(12)
        ],
    }


def changes(first: date, last: date, count: int) -> list[dict[str, str]]:
    """Return the filter changes of the browser runs: types, dates and hours in turn.

    Only the three filters the peer has as well; each change differs from the one before.
    """
    found = []
    for number in range(count):
        start = first + timedelta(days=(number * 211) % max(1, (last - first).days - 900))
        state = {"from": str(start), "to": str(start + timedelta(days=720))}
        if number % 3 != 0:
            chosen = sorted({TYPES[(number + k) % len(TYPES)] for k in range(2 + number % 4)})
            state["types"] = ",".join(chosen)
        if number % 3 == 2:
            state["hours"] = f"{(number * 5) % 16}-{(number * 5) % 16 + 8}"
        found.append(state)
    return found


def query(state: dict[str, str]) -> str:
    return "&".join(f"{name}={value}" for name, value in state.items())
