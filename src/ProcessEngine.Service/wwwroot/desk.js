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
// An open page is told when what it shows has changed, and asks for it again; and the bell of every page how many notices are new.
// While nobody looks at it, it asks for nothing.
const live = document.querySelector("[data-live]");
const bell = document.querySelector("[data-bell]");
if (live || bell) {
  let source = null;
  let version = live?.dataset.version ?? "";
  const listen = () => {
    source?.close();
    source = null;
    if (document.hidden) return;
    const stream = live?.dataset.live ?? bell.dataset.bell;
    source = new EventSource(`${stream}?since=${encodeURIComponent(version)}&bell=${bell?.dataset.count ?? ""}`);
    source.addEventListener("changed", event => {
      version = event.data;
      if (!live) return;
      // What somebody is ticking must not move away under their hand.
      const stale = live.querySelector("[data-stale]");
      if (stale && live.querySelector("input[name=task]:checked")) stale.hidden = false;
      else document.body.dispatchEvent(new CustomEvent("changed"));
    });
    source.addEventListener("bell", event => {
      if (!bell) return;
      const number = Number(event.data);
      bell.dataset.count = event.data;
      bell.querySelector(".count").hidden = number === 0;
      bell.querySelector("[data-number]").textContent = number > 99 ? "99+" : number;
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
// A field that is asked only after a certain answer is hidden until that is given; what hangs on a hidden one is hidden, too.
const hanging = [...document.querySelectorAll("[data-shown-when]")].filter(field => field.dataset.shownWhen);
if (hanging.length) {
  const show = () => {
    for (const field of hanging) {
      const name = CSS.escape(field.dataset.shownWhen);
      const form = field.closest("form") ?? document;
      const answers = [...form.querySelectorAll(`[name="${name}"]`)]
        .filter(input => (!/^(radio|checkbox)$/.test(input.type) || input.checked) && !input.closest(".field[hidden]")).map(input => input.value);
      field.hidden = !answers.includes(field.dataset.shownIs);
      const note = field.querySelector("[data-shown-note]");
      if (note) note.hidden = true;
    }
  };
  document.addEventListener("input", show);
  show();
}
// An open page of a procedure says so, and is told who else works on it. While nobody looks at it, it says nothing.
for (const here of document.querySelectorAll("[data-here]")) {
  const say = async () => {
    if (document.hidden) return;
    try {
      const answer = await fetch(`/elsa/api/presence/${encodeURIComponent(here.dataset.here)}`, {
        method: "POST", headers: { "X-Studio-Office": here.dataset.office },
      });
      if (!answer.ok) return;
      const { said } = await answer.json();
      if (here.textContent !== said) here.textContent = said;
      here.hidden = !said;
    } catch { /* It is said again. */ }
  };
  say();
  setInterval(say, 20_000);
  document.addEventListener("visibilitychange", say);
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
// What is ticked is counted, and all of a page is ticked at once.
const chosen = () => document.querySelectorAll("input[name=task]:checked").length;
const countChosen = () => {
  const many = document.querySelector("[data-many]");
  const said = many?.querySelector("[data-chosen]");
  if (!said) return;
  said.dataset.before ??= said.textContent;
  said.textContent = chosen() ? said.dataset.chosen.replace("#", chosen()) : said.dataset.before;
  const all = many.querySelector("[data-select-all]");
  const boxes = document.querySelectorAll("input[type=checkbox][name=task]");
  all.closest("[data-all]").hidden = boxes.length < 2;
  all.checked = chosen() === boxes.length;
  all.indeterminate = chosen() > 0 && !all.checked;
};
document.addEventListener("change", event => {
  if (event.target.matches?.("[data-select-all]"))
    for (const box of document.querySelectorAll("input[type=checkbox][name=task]")) box.checked = event.target.checked;
  countChosen();
});
document.addEventListener("htmx:afterSettle", countChosen);
countChosen();
// Keys, for whoever wants them: never while something is typed, never with a modifier, and they can be switched off.
const help = document.getElementById("keys");
if (help) {
  const keysOff = () => localStorage.getItem("keys") === "off";
  const change = help.querySelector("[data-keys-off]");
  const say = () => { change.textContent = keysOff() ? change.dataset.keysOn : change.dataset.keysOff; };
  say();
  change.addEventListener("click", () => {
    localStorage.setItem("keys", keysOff() ? "on" : "off");
    say();
  });
  help.querySelector("[data-close]").addEventListener("click", () => help.close());
  const open = document.querySelector("[data-help]");
  open.hidden = false;
  open.addEventListener("click", () => help.showModal());
  const byKey = sessionStorage.getItem("bykey");
  sessionStorage.removeItem("bykey");
  // Whoever came by a key goes on by one: the button that confirms, or the next task, is chosen already.
  if (byKey) document.querySelector("[data-confirm]")?.focus();
  const rows = () => [...document.querySelectorAll("[data-list] [data-row]")].filter(row => row.querySelector(".what a"));
  const here = () => rows().findIndex(row => row.contains(document.activeElement));
  const press = element => {
    sessionStorage.setItem("bykey", "yes");
    element.click();
  };
  const step = by => {
    const all = rows(), at = here();
    all[at < 0 ? (by > 0 ? 0 : all.length - 1) : Math.min(Math.max(at + by, 0), all.length - 1)]?.querySelector(".what a").focus();
  };
  const decide = key => {
    const button = document.querySelector(`main [data-key="${key}"]`);
    const row = rows()[here()];
    const box = row?.querySelector("input[name=task]");
    if (box && !chosen()) {
      box.checked = true;
      countChosen();
    }
    if (!button || (document.querySelector("[data-many]") && !chosen())) return;
    const reason = document.getElementById(button.dataset.reason ?? (key === "r" ? "comment" : ""));
    if (reason && !reason.value.trim()) {
      const around = reason.closest("details");
      if (around) around.open = true;
      reason.focus();
    } else press(button);
  };
  document.addEventListener("keydown", event => {
    const at = event.target;
    if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing || event.defaultPrevented || help.open) return;
    if (at.isContentEditable || at.matches?.("textarea, select, input:not([type=checkbox]):not([type=radio])")) return;
    if (keysOff()) return;
    const acts = {
      j: () => step(1),
      k: () => step(-1),
      x: () => rows()[here()]?.querySelector("input[name=task]")?.click(),
      a: () => decide("a"),
      r: () => decide("r"),
      n: () => { const next = document.querySelector('main [data-key="n"]'); if (next) press(next); },
      "/": () => document.querySelector("main input[type=search]")?.focus(),
      "?": () => help.showModal(),
    };
    const act = acts[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  });
}
// On a phone: a swipe to the right ticks a task, one to the left opens it. The box and the title do the same.
const swipe = { least: 60, steep: 2 };
let touched = null;
document.addEventListener("pointerdown", event => {
  const row = event.pointerType === "touch" && event.isPrimary ? event.target.closest?.("#inbox [data-row]") : null;
  touched = row ? { row, x: event.clientX, y: event.clientY } : null;
});
document.addEventListener("pointercancel", () => { touched = null; });
document.addEventListener("pointerup", event => {
  if (!touched || !event.isPrimary) return;
  const { row, x, y } = touched;
  const [along, down] = [event.clientX - x, event.clientY - y];
  touched = null;
  if (Math.abs(along) < swipe.least || Math.abs(along) < swipe.steep * Math.abs(down)) return;
  if (along < 0) location.assign(row.querySelector(".what a").href);
  else row.querySelector("input[name=task]")?.click();
});
// A chart that is wider than the page opens where the case is.
for (const chart of document.querySelectorAll("[data-opens]")) {
  const at = chart.querySelector(".late, .open");
  if (!at) continue;
  const [frame, box] = [chart.getBoundingClientRect(), at.getBoundingClientRect()];
  chart.scrollLeft += box.left + box.width / 2 - frame.left - frame.width / 2;
}
