/* Pages without Dash: the theme button, and copying a link that was made. */
(() => {
  "use strict";
  const ypo = window.ypo;
  if (!document.body || !document.body.classList.contains("plain")) return;
  const button = document.getElementById("theme");
  const icon = () => ypo.setIcon(button, document.documentElement.dataset.theme === "dark" ? "sun" : "moon");
  button.prepend(ypo.icon("moon"));
  button.addEventListener("click", ypo.toggleTheme);
  window.addEventListener("ypo:theme", icon);
  icon();
  const copy = document.getElementById("copy");
  const link = document.getElementById("link");
  if (copy && link) {
    copy.addEventListener("click", async () => {
      link.select();
      try {
        await navigator.clipboard.writeText(link.value);
      } catch {
        document.execCommand("copy");
      }
      copy.textContent = copy.dataset.done;
    });
  }
})();
