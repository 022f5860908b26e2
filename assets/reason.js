/* Why a file is needed and for whom: asked before an export, and recorded. */
(() => {
  "use strict";
  const ypo = (window.ypo = window.ypo || {});
  const { el } = ypo;
  const REASONS = ["Briefing", "Analysis", "Planning of patrols", "Meeting with partners", "Inspection", "Other"];

  ypo.askReason = (link, href) => {
    const reason = el("select", { name: "reason", required: true },
      el("option", { value: "" }, ypo.t("Choose …")),
      ...REASONS.map((text) => el("option", { value: text }, ypo.t(text))));
    const note = el("input", { name: "note", maxlength: 200 });
    const recipient = el("input", { name: "recipient", maxlength: 200 });
    const form = el("form", { method: "dialog" },
      el("h2", {}, ypo.t("Why is the file needed?")),
      el("p", { class: "quiet" }, ypo.t("The reason is recorded with your name and the filters.")),
      el("label", {}, ypo.t("Reason"), reason),
      el("label", {}, ypo.t("Case or note (optional)"), note),
      el("label", {}, ypo.t("For somebody else? Who (optional)"), recipient),
      el("div", { class: "row" },
        el("button", { type: "submit", class: "button" }, `${ypo.t("Export")} (${link.textContent})`),
        el("button", { type: "button", class: "button quiet-button", on: { click: () => dialog.close() } }, ypo.t("Cancel"))));
    const dialog = el("dialog", { class: "reason-dialog plain", "aria-label": ypo.t("Why is the file needed?") }, form);
    form.addEventListener("submit", () => {
      const why = [reason.value, note.value.trim()].filter(Boolean).join(": ");
      const more = new URLSearchParams({ reason: why });
      if (recipient.value.trim()) more.set("recipient", recipient.value.trim());
      const address = `${href}${href.includes("?") ? "&" : "?"}${more}`;
      el("a", { href: address, download: "" }).click();
    });
    dialog.addEventListener("close", () => dialog.remove());
    document.body.append(dialog);
    dialog.showModal();
    reason.focus();
  };
})();
