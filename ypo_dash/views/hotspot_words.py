"""What a map of hot spots says, in sentences that claim no more than its tests."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ypo_dash.i18n import format_date, join_words, number, plural, text
from ypo_dash.stats.spot_classes import CLASSES

if TYPE_CHECKING:
    from ypo_dash.views.hotspots import HotSpots

_MANY = 6  # sectors that a sentence names
_TINY = 0.00005  # a dispersion below reads as 0.0000


def class_name(code: int, lang: str) -> str:
    """Return the name of a class; empty for none."""
    names = {
        "new": text(lang, "new"),
        "persistent": text(lang, "persistent"),
        "intermittent": text(lang, "intermittent"),
        "fading": text(lang, "fading"),
        "former": text(lang, "former"),
    }
    return names.get(CLASSES[code], "")


def sentence(found: HotSpots, lang: str) -> str:
    """Return what the map says: how many hot spots, where, whether stable, or that there are too few."""
    if found.incidents <= 0:
        return text(lang, "No incident with a place: nothing is tested.")
    said = [_spots(found, lang)]
    if found.baseline == "gistar":
        said.append(_gistar(found, lang))
    elif found.too_few:
        said.append(_too_few(found, lang))
    if found.only_police_found:
        said.append(text(lang, "The police find such incidents themselves: this shows where they looked, not where there is most."))  # fmt: skip
    elif found.police_found:
        said.append(plural(lang, "{n} of the district's incidents was found by the police themselves, where they looked.", "{n} of the district's incidents were found by the police themselves, where they looked.", round(found.police_found)))  # fmt: skip
    return " ".join(said)


def _spots(found: HotSpots, lang: str) -> str:
    hot = found.hot & found.shown
    if not (found.tested & found.shown).any():
        return text(lang, "Nothing is tested here: the place lies outside the district.")
    if not hot.any():
        if found.hot.any():
            return text(lang, "No hot spot here: nothing demonstrably more than expected.")
        return text(lang, "No hot spot: nowhere demonstrably more than expected.")
    groups = len(np.unique(found.group[hot]))
    stable = len(np.unique(found.group[hot & found.stable]))
    head = plural(lang, "{n} hot spot ({cells}, {where})", "{n} hot spots ({cells}, {where})", groups, cells=plural(lang, "{n} hexagon", "{n} hexagons", int(hot.sum())), where=_where(found, hot, lang))  # fmt: skip
    if stable == groups:
        tail = text(lang, "also found with smaller and larger hexagons.")
    elif stable:
        tail = text(lang, "{n} also found with smaller and larger hexagons, the others depend on the size.", n=number(stable, lang))  # fmt: skip
    else:
        tail = text(lang, "not found with smaller and larger hexagons: it depends on the size.")
    return f"{head}: {tail}"


def _where(found: HotSpots, hot: np.typing.NDArray[np.bool_], lang: str) -> str:
    ids = sorted({found.sector[i] for i in np.flatnonzero(hot)}, key=lambda s: (len(s), s))
    if len(ids) > _MANY:
        return text(lang, "in {n} sectors", n=number(len(ids), lang))
    if len(ids) == 1:
        return text(lang, "in sector {id}", id=ids[0])
    return text(lang, "in sectors {ids}", ids=join_words(ids, lang))


def _too_few(found: HotSpots, lang: str) -> str:
    power = found.power
    assert power is not None  # noqa: S101 - `too_few` says so
    factor = number(power.factor, lang, 0 if power.factor >= 10 else 1)
    if found.hot.any():
        first = text(lang, "Too few incidents for weaker ones: only a spot of {factor} times its expected number is found 4 times of 5.", factor=factor)  # fmt: skip
    else:
        first = text(lang, "Too few incidents: only a spot of {factor} times its expected number would be found 4 times of 5.", factor=factor)  # fmt: skip
    days = found.needed_days
    if days is None:
        return f"{first} {text(lang, 'No longer period would do.')}"
    return f"{first} {text(lang, 'For 3 times, lengthen the period to about {days} days.', days=number(days, lang))}"


def _gistar(found: HotSpots, lang: str) -> str:
    mean = found.incidents / max(found.tests, 1)
    return text(lang, "Gi* takes counts as normal: with few incidents it finds hot spots in pure chance ({mean} per hexagon here; at 0.05 some 38 of 1,657 hexagons, at 0.3 some 5). The ordinary test holds there.", mean=number(mean, lang, 2))  # fmt: skip


def method_sentence(found: HotSpots, lang: str) -> str:
    """Return what was tested against what, for a note below the sentence."""
    against = {
        "area": text(lang, "its share of the area"),
        "residents": text(lang, "its share of the inhabitants"),
        "streets": text(lang, "its share of the streets' length"),
        "gistar": text(lang, "the mean of all hexagons (Gi*)"),
    }[found.baseline]
    said = [text(lang, "Each hexagon and the six around it against {against}; {n} tests together.", against=against, n=number(found.tests, lang))]  # fmt: skip
    if found.baseline != "gistar":
        said.append(_spread(found, lang))
    if not found.periods:
        said.append(text(lang, "No classes: the data hold fewer than four periods of four weeks."))
    elif not found.same_period:
        said.append(text(lang, "Classes are of the {n} periods of four weeks to {last}, not of the period shown.", n=found.periods, last=format_date(found.period[1], lang)))  # fmt: skip
    elif found.periods < 13:
        said.append(text(lang, "Classes are of {n} periods of four weeks; the data do not reach further back.", n=found.periods))  # fmt: skip
    return " ".join(said)


def _spread(found: HotSpots, lang: str) -> str:
    if found.dispersion is None:
        return text(lang, "Chance is Poisson: too few earlier periods to know how counts vary.")
    if found.dispersion < _TINY:
        return text(lang, "Chance is Poisson: over {n} earlier periods counts varied no more.", n=found.earlier)  # fmt: skip
    return text(lang, "Chance is negative binomial, dispersion {alpha} from {n} earlier periods.", alpha=number(found.dispersion, lang, 2 if found.dispersion >= 0.05 else 4), n=found.earlier)  # fmt: skip


def cell_sentence(found: HotSpots, cell: int, lang: str) -> str:
    """Return what the hover card says of a hexagon.

    Parameters
    ----------
    cell
        Its position in ``found.cells``, which for the map's hexagons is the dense id.
    """
    if not found.tested[cell]:
        return text(lang, "Not tested: nothing is expected in this hexagon.")
    expected = float(found.expected[cell])
    values = {
        "count": number(round(float(found.count[cell]), 1), lang),
        "expected": number(expected, lang, 1 if expected >= 1 else 2),
    }
    said = text(lang, "{count} in this hexagon and the six around it, {expected} expected", **values)  # fmt: skip
    if not found.hot[cell]:
        verdict = text(lang, "not demonstrably more")
    elif found.baseline == "gistar":
        verdict = text(lang, "high by Gi*")
    else:
        verdict = text(lang, "demonstrably more")
    name = class_name(int(found.code[cell]), lang)
    end = f"{said}: {verdict} ({name})." if name else f"{said}: {verdict}."
    if found.hot[cell] and not found.stable[cell]:
        return f"{end} {text(lang, 'Not found with other sizes of hexagons.')}"
    return end
