"""The page and what one does with it."""

from __future__ import annotations

import time
from urllib.parse import parse_qs

from click.testing import CliRunner

from tests.browser.heard import Heard
from ypo_dash.cli import main


def printed(home, *words):
    """What ``ypo`` writes; in this process, because a start costs seconds. Others start it for real."""
    done = CliRunner().invoke(main, list(words), env={"YPO_HOME": str(home)})
    assert done.exit_code == 0, done.output
    return done.stdout


class Explore(Heard):
    """One open page, and what one does with it."""

    def open(self, query=""):
        self.page.goto(self.address + "/" + query)
        return self.ready().settle()

    def reload(self):
        self.page.reload()
        return self.ready()

    def ready(self):
        """Wait for the page's scripts; the page's policy forbids to evaluate texts in it."""
        end = time.monotonic() + 60
        while not self.page.evaluate("Boolean(window.ypoTest)"):
            assert time.monotonic() < end, "the page did not start"
            time.sleep(0.02)
        return self

    def settle(self):
        self.page.evaluate("ypoTest.settled().then(() => null)")
        return self

    def do(self, selector):
        self.page.click(selector)
        return self.settle()

    def key(self, *names):
        for name in names:
            self.page.keyboard.press(name)
        return self.settle()

    @property
    def state(self):
        search = self.page.evaluate("location.search")
        return {name: values[0] for name, values in parse_qs(search.lstrip("?")).items()}

    def read(self, script):
        return self.page.evaluate(script)

    def drag(self, points):
        self.hold(points).page.mouse.up()
        return self.settle()

    def hold(self, points):
        """Drag, and let go of nothing yet."""
        self.page.mouse.move(*points[0])
        self.page.mouse.down()
        for point in points[1:]:
            self.page.mouse.move(*point, steps=4)
        return self

    def box(self, selector):
        box = self.page.locator(selector).bounding_box()
        return box["x"], box["y"], box["width"], box["height"]

    def heat_cell(self, weekday, hour):
        left, top, _, _ = self.box("svg.heat")
        box = self.read("ypoTest.heatBox()")
        return left + box["left"] + (hour + 0.5) * box["cell"], top + (weekday + 0.5) * box["row"]

    def hour(self, hour):
        left, top, width, height = self.box("svg.hours")
        pad = self.read("ypoTest.hoursBox().pad")
        return left + pad + (width - 2 * pad) * hour / 24, top + 0.2 * height
