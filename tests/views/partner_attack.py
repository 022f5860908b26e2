"""The attacker: everything published of one type over some months, as one integer program.

Worlds are whole numbers of incidents by leaf and cell (a half-week's days in one month). What is
published is read off the product's own answers; the rule behind it is known to the attacker, who
is also told how many sectors counted in each month and week. A count is found when no world has
another.
"""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import coo_matrix

from ypo_dash.model.tiers import censor
from ypo_dash.views import partner_period as rule

INF = np.inf


class District:
    """A district of one type: days x leaves by month, which `day_leaves` is made to return."""

    def __init__(self, first, last):
        self.first, self.last = first, last
        self.cells = []  # monday, half, month, first day, last day
        monday = first - timedelta(days=first.weekday())
        while monday <= last:
            for half in (0, 1):
                self.cells += [(monday, half, *part) for part in rule.half_week(monday, half)]
            monday += timedelta(days=7)
        self.cells = [c for c in self.cells if first <= c[3] and c[4] <= last]
        self.months = sorted({c[2] for c in self.cells})
        self.mondays = sorted({c[0] for c in self.cells})
        self.mondays = [m for m in self.mondays if first <= m and m + timedelta(days=6) <= last]
        self.snapshot = SimpleNamespace(taxonomy=SimpleNamespace(offences=["one"]))

    def fill(self, x):
        """Put incidents (leaf x cell) on the first days of their cells."""
        self.x = x
        self.days = {m: np.zeros((31, x.shape[0], 1), np.int64) for m in self.months}
        for at, (_, _, month, day, _) in enumerate(self.cells):
            self.days[month][day.day - 1, :, 0] += x[:, at]
        return self

    def day_leaves(self, _, month):
        return self.days[month]

    def bounds(self, monday, halves):
        return rule._bounds(self.snapshot, [monday], halves)[0]

    def at(self, *, month=None, monday=None, half=None, until=None):
        """Return the cells that lie there."""
        return [
            i
            for i, c in enumerate(self.cells)
            if month in (None, c[2])
            and monday in (None, c[0])
            and half in (None, c[1])
            and (until is None or c[0] <= until)
        ]

    def leaf(self, i, month):
        return censor(int(self.x[i, self.at(month=month)].sum()))


class Attack:
    """All that is published of a district."""

    def __init__(self, district, *, exact=False):
        self.d, self.low, self.high, self.rows = district, [], [], []
        n = district.x.shape[0]
        self.top = [[district.leaf(i, c[2]).high for c in district.cells] for i in range(n)]
        self.x = [[self.variable(top) for top in row] for row in self.top]
        for month in district.months:
            for i in range(n):
                leaf = district.leaf(i, month)
                self.know(
                    [(self.x[i][c], 1) for c in district.at(month=month)], leaf.low, leaf.high
                )
        self.counted = {}
        for monday in district.mondays:
            for month in sorted({district.cells[c][2] for c in district.at(monday=monday)}):
                self.count(monday, month)
            weekend, week = district.bounds(monday, (1,)), district.bounds(monday, (0, 1))
            for half, low in ((0, week.low - weekend.low), (1, weekend.low)):
                parts = [y for key, y in self.counted.items() if key[:2] == (monday, half)]
                self.know([(y, 1) for part in parts for y in part], low, low + rule.STEP - 1)
                if exact:
                    at = district.at(monday=monday, half=half)
                    total = int(district.x[:, at].sum())
                    self.know([(row[c], 1) for row in self.x for c in at], total, total)

    def variable(self, top):
        self.low.append(0)
        self.high.append(top)
        return len(self.low) - 1

    def know(self, terms, low, high):
        self.rows.append((terms, low, high))

    def count(self, monday, month):
        """Say which leaves count in a month and week: three by Sunday, and enough of them."""
        d = self.d
        safe, enough = rule.safe_leaves(d, month, monday + timedelta(days=6))
        shown, flags, over = bool(enough[0]), [], []
        for i, row in enumerate(self.x):
            top, flag = max(d.leaf(i, month).high, 1), self.variable(1)
            so_far = [(row[c], 1) for c in d.at(month=month, until=monday)]
            self.know([*so_far, (flag, -3)], 0, INF)
            self.know([*so_far, (flag, -top)], -INF, 2)
            flags.append((flag, 1))
            held = self.variable(top)  # what it holds so far, if it counts
            minus = [(x, -1) for x, _ in so_far]
            self.know([(held, 1), *minus], -INF, 0)
            self.know([(held, 1), (flag, -top)], -INF, 0)
            self.know([(held, 1), *minus, (flag, -top)], -top, INF)
            over += [(held, 1), (flag, -rule.LEAST_MEAN)]
            for c in d.at(month=month, monday=monday) if shown else ():
                y = self.variable(top)
                self.know([(y, 1), (row[c], -1)], -INF, 0)
                self.know([(y, 1), (flag, -top)], -INF, 0)
                self.know([(y, 1), (row[c], -1), (flag, -top)], -top, INF)
                self.counted.setdefault((monday, d.cells[c][1], month), []).append(y)
        if shown:
            self.know(flags, int(safe.sum()), int(safe.sum()))
            self.know(over, 0, INF)
        else:  # too few sectors, or too little in them
            few, big = self.variable(1), 1000
            self.know([*flags, (few, big)], -INF, rule.LEAST_SECTORS - 1 + big)
            self.know([*over, (few, -big)], -INF, -1)

    def possible(self, terms, low, high):
        """Whether a world has this too."""
        rows = [*self.rows, (terms, low, high)]
        at = [(r, c, v) for r, (parts, _, _) in enumerate(rows) for c, v in parts]
        row, column, value = zip(*at, strict=True)
        matrix = coo_matrix((value, (row, column)), shape=(len(rows), len(self.low))).tocsr()
        known = LinearConstraint(matrix, [r[1] for r in rows], [r[2] for r in rows])
        n = len(self.low)
        found = milp(
            np.zeros(n),
            constraints=known,
            bounds=Bounds(self.low, self.high),
            integrality=np.ones(n),
        )
        assert found.status in (0, 2), found.message
        return found.status == 0

    def parts(self, rng, share=1.0):
        """Try the parts of 1 and 2 of sectors; return how many, and those that are found."""
        tried, found = 0, []
        for i, c in np.argwhere((self.d.x > 0) & (self.d.x < 3)):
            if rng.random() < share:
                tried, n, x = tried + 1, int(self.d.x[i, c]), [(self.x[i][c], 1)]
                if not (self.possible(x, 0, n - 1) or self.possible(x, n + 1, INF)):
                    found.append((i, self.d.cells[c], n))
        return tried, found

    def months(self):
        """Try the months' leaves of 1 and 2."""
        tried, found = 0, []
        for month in self.d.months:
            for i in range(len(self.x)):
                if not self.d.leaf(i, month).is_exact:
                    tried, x = tried + 1, [(self.x[i][c], 1) for c in self.d.at(month=month)]
                    if not (self.possible(x, 1, 1) and self.possible(x, 2, 2)):
                        found.append((i, month))
        return tried, found
