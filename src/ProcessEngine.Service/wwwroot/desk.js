// The pages work without this. It only spares people a second click.
document.addEventListener("submit", event => {
  const form = event.target;
  if (form.method !== "post") return;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "yes";
  form.setAttribute("aria-busy", "true");
});
// Back from the history: the form may be sent again.
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) {
    delete form.dataset.sent;
    form.removeAttribute("aria-busy");
  }
});
for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}
// What can be taken back for some seconds is offered as long.
for (const form of document.querySelectorAll("[data-seconds]")) {
  setTimeout(() => form.remove(), form.dataset.seconds * 1000);
}
// An open page is told when what it shows has changed, and asks for it again. While nobody looks at it, it asks for nothing.
const live = document.querySelector("[data-live]");
if (live) {
  let source = null;
  let version = live.dataset.version;
  const listen = () => {
    source?.close();
    source = null;
    if (document.hidden) return;
    source = new EventSource(`${live.dataset.live}?since=${encodeURIComponent(version)}`);
    source.addEventListener("changed", event => {
      version = event.data;
      // What somebody is ticking must not move away under their hand.
      const stale = live.querySelector("[data-stale]");
      if (stale && live.querySelector("input[name=task]:checked")) stale.hidden = false;
      else document.body.dispatchEvent(new CustomEvent("changed"));
    });
  };
  document.addEventListener("visibilitychange", listen);
  listen();
}
