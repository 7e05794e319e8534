// What stands around Elsa Studio: it names the window to the service, tells at once what could not be saved, keeps it, and sends it again.
// Studio itself says nothing when a save is refused because the session has ended.
(() => {
  "use strict";
  const api = "/elsa/api/", save = /\/workflow-definitions$/, definitions = /\/(workflow-definitions|workflow-definition-versions)\//;
  const windowId = crypto.getRandomValues(new Uint32Array(4)).join("-");
  const send = window.fetch.bind(window);
  let underWay = 0, changed = 0, unsaved = null, timer = 0, queue = Promise.resolve();
  // The revision of the draft that the canvas shows: what is published is that one, not what somebody else has saved since.
  let seen = null;
  const see = id => { seen = /:draft:(\d+)$/.exec(id ?? "")?.[1] ?? "0"; };

  document.addEventListener("DOMContentLoaded", start);
  if (document.documentElement.lang === "th")
    try { localStorage.setItem("BlazorCulture", "th-TH"); } catch { /* Dates are then in English. */ }

  const opens = (request, url) => request.method === "GET" && url.searchParams.get("versionOptions") === "Latest"
    && url.pathname.startsWith(`${api}workflow-definitions/by-definition-id/${data("definition")}`);
  const data = name => document.body?.dataset[name] ?? "";
  const place = () => `pe_unsaved:${data("user")}:${data("office")}:${data("definition")}`;

  window.fetch = async (input, options) => {
    let request = new Request(input, options);
    const url = new URL(request.url);
    if (url.origin !== location.origin || !url.pathname.startsWith(api))
      return send(request);
    // Drawn anew (see below): the same definition by another name.
    if (url.pathname.includes("~"))
      request = new Request(url.href.replace(/~\d+/, ""), request);
    request.headers.set("X-Studio-Office", encodeURIComponent(data("office")) === data("office") ? data("office") : "");
    request.headers.set("X-Studio-Window", windowId);
    if (data("definition"))
      request.headers.set("X-Studio-Definition", data("definition"));
    if (seen !== null)
      request.headers.set("X-Studio-Revision", seen);
    // Studio does not ask.
    if (request.method === "POST" && url.pathname.endsWith("/retract") && !confirm(data("retract")))
      return new Response(JSON.stringify({ errors: { generalErrors: [data("notDone")] } }),
        { status: 400, headers: { "Content-Type": "application/problem+json" } });
    const saves = request.method === "POST" && save.test(url.pathname);
    let body = saves ? await request.clone().text() : null, mended = null;
    if (saves && (mended = withWhatStudioForgets(body)) !== null)
      request = new Request(request, { body: body = mended });
    // Why something is published stands in the panel beside Studio, for its own button, too.
    const why = document.querySelector("#studio-panel [name=reason]")?.value.trim();
    if (why && request.method === "POST" && (saves ? publishes(body) : /\/publish(\/|$)/.test(url.pathname)))
      request.headers.set("X-Studio-Reason", encodeURIComponent(why));
    let next = () => {};
    if (saves) {
      underWay++;
      changed = Date.now();
      // One after the other: an older save that arrives last would undo a newer one.
      const before = queue;
      queue = new Promise(done => next = done);
      await before;
    }
    try {
      const answer = await send(request);
      if (answer.ok) {
        if (saves) {
          const now = await answer.clone().json();
          if (now.workflowDefinition?.definitionId === data("definition"))
            see(now.workflowDefinition.id);
          saved();
          if (mended !== null) drawWhenIdle();
        } else if (opens(request, url)) {
          const now = await answer.clone().json();
          see(now.id);
          shows(now.root);
        }
        // Imported, rolled back, unpublished: the panel says so, too.
        else if (request.method !== "GET" && definitions.test(url.pathname)) {
          // What was imported is on the canvas from its answer; nothing asks for it again.
          const now = await answer.clone().json().catch(() => null);
          if (now?.definitionId === data("definition") && now.id) {
            see(now.id);
            shows(now.root);
          }
          refresh();
          // Studio would leave on the canvas what was there before, and save it with the next change.
          if (/\/(retract|revert\/\d+)$/.test(url.pathname)) setTimeout(draw, 500);
        }
        if (url.pathname.endsWith("/descriptors/activities")) await waysOut(answer.clone());
      }
      else await refused(answer.clone(), saves, body);
      return answer;
    } catch (fault) {
      if (saves) keep(body);
      say(data("offline"));
      later();
      throw fault;
    } finally {
      if (saves) underWay--;
      next();
    }
  };

  // Studio takes the chosen box anew from the answer of each save (WorkflowEditor.RefreshSelectedActivityAsync). Until that answer has come,
  // a field of another tab is written into the box of before, and what was just saved is gone with it: it is put back.
  let older = {}, last = {}, owed = {}, takesBack = false;
  const boxes = root => Object.fromEntries((root?.activities ?? []).map(box => [box.id, box]));
  const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);
  // The place of a box is no field of it.
  const fieldsOf = ({ metadata, ...box }) => {
    const { designer, ...texts } = metadata ?? {};
    return { ...box, ...Object.fromEntries(Object.entries(texts).map(([name, text]) => [`metadata.${name}`, text])) };
  };

  function put(box, field, value) {
    const inside = field.startsWith("metadata."), place = inside ? box.metadata ??= {} : box;
    const name = inside ? field.slice("metadata.".length) : field;
    if (value === undefined) delete place[name];
    else place[name] = value;
  }

  function shows(root) {
    older = last = boxes(structuredClone(root));
    owed = {};
  }

  /** What is to be saved in the place of this; null where nothing is missing. */
  function withWhatStudioForgets(text) {
    let body;
    try { body = JSON.parse(text); } catch { return null; }
    if (body?.model?.definitionId !== data("definition") || !Array.isArray(body.model.root?.activities))
      return null;
    const now = boxes(body.model.root);
    let mended = false;
    for (const [id, box] of takesBack ? [] : Object.entries(now)) {
      if (!older[id] || last[id]?.type !== box.type)
        continue;
      const [was, sent, is] = [older[id], last[id], box].map(fieldsOf);
      const changed = [...new Set([...Object.keys(sent), ...Object.keys(is)])].filter(f => !same(is[f], sent[f]));
      const back = changed.filter(f => same(is[f], was[f]));
      // Alone, somebody has thought better of it.
      const lost = back.length < changed.length ? back : [];
      const still = Object.entries(owed[id] ?? {}).filter(([f, stale]) => !lost.includes(f) && changed.includes(f) && same(is[f], stale));
      for (const f of [...lost, ...still.map(([f]) => f)]) {
        (owed[id] ??= {})[f] = is[f];
        put(box, f, sent[f]);
        mended = true;
      }
    }
    older = last;
    last = structuredClone(now);
    takesBack = false;
    return mended ? JSON.stringify(body) : null;
  }

  async function drawWhenIdle() {
    do await settled(); while (document.activeElement?.matches("input, textarea"));
    draw();
  }

  function publishes(body) {
    try { return JSON.parse(body).publish === true; } catch { return false; }
  }

  // Who else works on it: asked every few seconds while somebody looks at this page.
  async function here() {
    const place = document.getElementById("studio-here");
    if (!place || document.hidden || !data("definition"))
      return;
    try {
      const answer = await send(`${api}presence/${data("definition")}`, { method: "POST", headers: { "X-Studio-Office": data("office") } });
      if (!answer.ok)
        return;
      const { said } = await answer.json();
      if (place.textContent !== said)
        place.textContent = said;
      place.hidden = !said;
    } catch { /* It is asked again. */ }
  }

  async function refused(answer, saves, body) {
    if (answer.status === 401) {
      if (saves) keep(body);
      say(data("expired"), "/sign-in?next=/studio", data("signIn"));
    } else if (answer.status >= 500) {
      if (saves) keep(body);
      say(data("offline"));
      later();
    } else if (answer.status !== 404) {
      let text = "";
      try { const told = await answer.json(); text = Object.values(told.errors ?? {}).flat().join(" ") || told.message; } catch { /* Not ours. */ }
      say(text || answer.statusText);
      if (saves) refresh();
    }
  }

  function saved() {
    unsaved = null;
    try { localStorage.removeItem(place()); } catch { /* Nothing was kept. */ }
    hide();
    refresh();
  }

  // What could not be saved outlives this page.
  function keep(body) {
    unsaved = body;
    try { localStorage.setItem(place(), body); } catch { /* It is still on the canvas. */ }
  }

  function later() {
    clearTimeout(timer);
    timer = setTimeout(again, 5000);
  }

  async function again() {
    if (!unsaved || underWay)
      return;
    try {
      await window.fetch(api + "workflow-definitions", { method: "POST", headers: { "Content-Type": "application/json" }, body: unsaved });
    } catch { /* It is tried once more. */ }
  }

  function say(text, href, link) {
    const said = document.getElementById("studio-said");
    if (!said || !text)
      return;
    said.textContent = text + " ";
    if (href) {
      const a = document.createElement("a");
      Object.assign(a, { href, textContent: link, target: "_blank", rel: "noopener" });
      said.append(a);
    }
    said.hidden = false;
  }

  function hide() {
    const said = document.getElementById("studio-said");
    if (said)
      said.hidden = true;
  }

  // Studio draws the ways out of a box once, when it loads the chart. It loads it when it is given another name.
  let drawn = null, times = 0;
  const editor = () => document.querySelector("elsa-workflow-definition-editor");
  function draw() {
    editor()?.setAttribute("definition-id", `${data("definition")}~${++times}`);
  }

  async function waysOut(answer) {
    const ways = JSON.stringify((await answer.json()).items.map(a => [a.typeName, a.ports]));
    if (drawn !== null && drawn !== ways)
      setTimeout(draw, 300);
    drawn = ways;
  }

  async function settled() {
    do { await new Promise(done => setTimeout(done, 800)); } while (underWay || Date.now() - changed < 700);
  }

  // The lists of a box, which Studio cannot edit, are filled in beside the canvas.
  const part = address => address + (address.includes("?") ? "&" : "?") + "part=1";
  async function step(address, sent) {
    const place = document.getElementById("studio-step");
    try {
      const answer = await send(part(address), sent);
      if (answer.redirected) { say(data("expired"), "/sign-in?next=/studio", data("signIn")); return; }
      if (answer.status === 404 && !sent) { location.assign(address); return; }
      place.innerHTML = await answer.text();
      place.scrollIntoView({ block: "start" });
      const stored = place.querySelector("[data-stored]")?.dataset.stored;
      if (stored === "load") location.reload();
      else if (stored) { draw(); refresh(); }
    } catch { say(data("offline")); }
  }

  async function sendStep(form) {
    const sent = new FormData(form);
    form.querySelector("button").disabled = true;
    await settled();
    if (!unsaved)
      await step(form.getAttribute("action"), { method: "POST", body: new URLSearchParams(sent) });
  }

  // Which box is chosen on the canvas.
  let chosen = null;
  function choose(id) {
    chosen = id;
    for (const link of document.querySelectorAll("#studio-panel [data-step]")) {
      link.classList.toggle("chosen", link.dataset.step === id);
      if (link.dataset.step === id) link.closest("details").open = true;
    }
  }

  let asked = 0;
  async function refresh() {
    const panel = document.getElementById("studio-panel");
    if (!panel || !data("panel"))
      return;
    const mine = ++asked;
    try {
      const answer = await send(data("panel")), text = await answer.text();
      // An answer that was overtaken by a newer one, be it while it was read, is old.
      if (answer.ok && !answer.redirected && mine === asked)
      {
        // What somebody is writing stays.
        const why = panel.querySelector("[name=reason]")?.value;
        panel.innerHTML = text;
        if (why) { const field = panel.querySelector("[name=reason]"); if (field) field.value = why; }
        choose(chosen);
      }
    } catch { /* The next save asks again. */ }
  }

  // "Save as" goes to the new definition's address without loading it.
  const push = history.pushState.bind(history);
  history.pushState = (state, title, address) => {
    const copy = /\/workflows\/definitions\/([^/]+)\/edit$/.exec(String(address));
    if (copy)
      location.assign(`/studio/editor/${copy[1]}${location.search}`);
    else
      push(state, title, address);
  };

  function start() {
    here();
    setInterval(here, 20_000);
    document.addEventListener("visibilitychange", here);
    window.addEventListener("focus", again);
    // What is undone on the canvas is meant to be gone.
    window.addEventListener("keydown", event => { takesBack ||= (event.ctrlKey || event.metaKey) && /^[zy]$/i.test(event.key); }, true);
    window.addEventListener("beforeunload", event => { if (unsaved || underWay) event.preventDefault(); });
    document.addEventListener("visibilitychange", () => { if (!document.hidden) again(); });
    // What is published is what is on the canvas: Studio saves half a second after the last change.
    document.addEventListener("click", event => {
      const link = event.target.closest?.("[data-step]"), node = event.target.closest?.(".x6-node");
      if (link && document.getElementById("studio-step") && !event.ctrlKey && !event.metaKey) {
        event.preventDefault();
        step(link.getAttribute("href"));
      } else if (event.target.closest?.("[data-close-step]")) {
        event.preventDefault();
        document.getElementById("studio-step").replaceChildren();
      } else if (node)
        choose(node.dataset.cellId);
      else if (event.target.closest?.(".x6-graph"))
        choose(null);
    }, true);
    document.addEventListener("submit", async event => {
      const form = event.target;
      if (form.matches("#studio-step [data-step-form]")) {
        event.preventDefault();
        await sendStep(form);
        return;
      }
      if (!form.matches("[data-after-saving]") || form.dataset.sent)
        return;
      event.preventDefault();
      form.dataset.sent = "1";
      form.querySelector("button").disabled = true;
      await settled();
      if (unsaved) { form.dataset.sent = ""; form.querySelector("button").disabled = false; return; }
      // What was saved meanwhile may have drawn the panel anew.
      const revision = form.elements.namedItem("revision");
      if (revision && seen !== null) revision.value = seen;
      if (!form.isConnected) { form.hidden = true; document.body.append(form); }
      form.submit();
    });
    let left = null;
    try { left = localStorage.getItem(place()); } catch { /* None. */ }
    if (left && document.getElementById("studio-panel")) {
      unsaved = left;
      again().then(() => { if (!unsaved) say(data("kept")); });
    }
  }
})();
