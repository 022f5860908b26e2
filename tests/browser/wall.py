"""A wall screen in a browser, and what watches that it is never blank."""

from __future__ import annotations

from tests.browser.heard import Heard

# Looks every 40 ms, from the outer page, at the frame on top: is a whole slide seen, and which?
WATCH = """() => {
  const seen = (window.seen = { blank: [], keys: [], looks: 0, errors: [] });
  const look = () => {
    const frames = [...document.querySelectorAll("iframe.front")];
    const page = frames.length === 1 ? frames[0].contentDocument : null;
    const slides = page ? [...page.querySelectorAll(".slide.front, .slide.behind")] : [];
    const whole = slides.filter((s) => {
      const box = s.getBoundingClientRect();
      return s.querySelector(".sentence").textContent.trim() && box.width >= innerWidth - 1
        && box.height >= innerHeight - 1 && s.querySelector("footer").textContent.includes("snapshot");
    });
    const opaque = whole.some((s) => Number(getComputedStyle(s).opacity) === 1 || whole.length === 1);
    seen.looks += 1;
    if (!opaque) seen.blank.push([performance.now(), frames.length, slides.length]);
    const front = page && page.querySelector(".slide.front");
    const key = front && front.dataset.key;
    if (key && seen.keys[seen.keys.length - 1] !== key) seen.keys.push(key);
    setTimeout(look, 40);
  };
  look();
}"""
SMALLEST = """() => {
  const unit = Math.min(innerWidth / 1920, innerHeight / 1080);
  const wrong = [];
  for (const node of document.querySelectorAll(".slide.front *, .chrome *")) {
    const own = [...node.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim());
    const box = node.getBoundingClientRect();
    if (!own || !box.width || !box.height || ["title", "desc"].includes(node.tagName)) continue;
    const words = node.textContent.trim().slice(0, 40);
    const drawn = node.closest("svg");
    const scale = drawn ? node.getScreenCTM().a : 1;
    const size = parseFloat(getComputedStyle(node).fontSize) * scale / unit;
    if (size < 42.9) wrong.push(["small", words, size]);
    const out = (frame) => box.left < frame.left - 1 || box.right > frame.right + 1
      || box.top < frame.top - 1 || box.bottom > frame.bottom + 1;
    if (out({ left: 0, top: 0, right: innerWidth, bottom: innerHeight })) wrong.push(["outside", words]);
    const beside = node.closest("aside, .middle");
    if (beside && !drawn && out(beside.getBoundingClientRect())) wrong.push(["cut off", words]);
    // A long caption may end in dots above: it stands whole in the footer.
    if (!drawn && !node.matches(".slide-state .place") && node.clientWidth && node.scrollWidth > node.clientWidth + 1) wrong.push(["too wide", words]);
  }
  const sentence = document.querySelector(".slide.front .sentence");
  if (parseFloat(getComputedStyle(sentence).fontSize) / unit < 60) wrong.push(["sentence"]);
  for (const part of [document.documentElement, document.body]) {
    if (part.scrollHeight > innerHeight || part.scrollWidth > innerWidth) wrong.push(["scrolls"]);
  }
  return wrong;
}"""


class Screen(Heard):
    """A wall in a page: what is seen and what is pressed."""

    def open(self, query="", path="/wall"):
        self.page.goto(f"{self.address}{path}?lang=en&{query}")
        if path == "/wall":
            self.page.wait_for_selector("iframe.front")
            self.page.evaluate(WATCH)
        else:
            self.page.wait_for_selector(".slide.front")
        return self

    @property
    def frame(self):
        return self.page.query_selector("iframe.front").content_frame()

    @property
    def seen(self):
        return self.page.evaluate("window.seen")

    @property
    def key(self):
        return self.frame.get_attribute(".slide.front", "data-key")

    @property
    def band(self):
        return self.frame.inner_text("#band") if self.frame.is_visible("#band") else ""

    def press(self, key):
        self.page.keyboard.press(key)

    def wait(self, condition, timeout=8000):
        """Wait for a condition on the frame on top, as ``(page, key, band)`` of it."""
        self.page.wait_for_function(
            f"""() => {{
              const frame = document.querySelector("iframe.front");
              const page = frame && frame.contentDocument;
              const front = page && page.querySelector(".slide.front");
              if (!front) return false;
              const band = page.getElementById("band");
              return (({condition}))(page, front.dataset.key, band.hidden ? "" : band.textContent);
            }}""",
            timeout=timeout,
        )

    def wait_for_other(self, key, timeout=8000):
        self.wait(f"(page, key) => key !== {key!r}", timeout)

    def is_calm(self):
        """Fail where the screen was blank for a moment, or the browser complained."""
        seen = self.seen
        assert seen["looks"] > 5
        assert seen["blank"] == []
        assert self.complaints == []
