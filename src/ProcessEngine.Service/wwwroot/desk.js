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
// A date of three fields says how it is understood, in both eras, and can be chosen from the browser's own calendar.
const firstBuddhistYear = 2400, era = 543;
const plain = text => text.trim().replace(/[๐-๙]/g, digit => "๐๑๒๓๔๕๖๗๘๙".indexOf(digit));
for (const date of document.querySelectorAll("[data-date]")) {
  const [day, month, year] = [".d", ".m", ".y"].map(part => date.querySelector(`[name$="${part}"]`));
  const said = date.parentElement.querySelector(".understood");
  const thai = document.documentElement.lang === "th";
  const read = () => {
    const typed = Number(plain(year.value));
    const [y, m, d] = [typed >= firstBuddhistYear ? typed - era : typed, Number(month.value), Number(plain(day.value))];
    const at = new Date(Date.UTC(y, m - 1, d));
    return y >= 1900 && y < firstBuddhistYear && at.getUTCMonth() === m - 1 && at.getUTCDate() === d ? at : null;
  };
  const tell = () => {
    const at = read();
    const long = (locale, options) => new Intl.DateTimeFormat(locale, { dateStyle: "full", timeZone: "UTC", ...options }).format(at);
    said.textContent = at ? `= ${long(thai ? "th-TH-u-ca-buddhist" : "en-GB")} (${thai ? "ค.ศ. " + at.getUTCFullYear() : "B.E. " + (at.getUTCFullYear() + era)})` : "";
  };
  date.addEventListener("input", tell);
  tell();
  if (!("showPicker" in HTMLInputElement.prototype)) continue;
  const picker = Object.assign(document.createElement("input"), { type: "date", className: "picked", tabIndex: -1 });
  picker.setAttribute("aria-hidden", "true");
  const button = Object.assign(document.createElement("button"), { type: "button", className: "secondary outline", textContent: said.dataset.calendar });
  button.addEventListener("click", () => {
    picker.value = read()?.toISOString().slice(0, 10) ?? "";
    picker.showPicker();
  });
  picker.addEventListener("change", () => {
    if (!picker.value) return;
    const [y, m, d] = picker.value.split("-").map(Number);
    [day.value, month.value, year.value] = [d, m, y + era];
    day.dispatchEvent(new Event("input", { bubbles: true }));
  });
  date.append(button, picker);
}
// Rows of a table are dragged to their place; the buttons beside them do the same.
for (const list of document.querySelectorAll("[data-drag]")) {
  let dragged = null;
  const rows = () => [...list.querySelectorAll("[data-row]")];
  for (const row of rows())
    if (row.querySelector(".moves")) row.querySelector(".number").draggable = true;
  list.addEventListener("dragstart", event => {
    dragged = event.target.closest?.("[data-row]");
    dragged?.classList.add("dragged");
    event.dataTransfer?.setData("text/plain", dragged?.dataset.row ?? "");
  });
  list.addEventListener("dragend", () => dragged?.classList.remove("dragged"));
  list.addEventListener("dragover", event => event.preventDefault());
  list.addEventListener("drop", event => {
    event.preventDefault();
    const there = event.target.closest("[data-row]");
    const by = there && dragged ? rows().indexOf(there) - rows().indexOf(dragged) : 0;
    if (!by) return;
    const form = dragged.querySelector(".moves");
    form.append(Object.assign(document.createElement("input"), { type: "hidden", name: "way", value: by }));
    form.submit();
  });
}
