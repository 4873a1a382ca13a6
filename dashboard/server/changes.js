/* Draws the page anew when somebody else changed the data, by the frame's hidden button. Never while the person types,
   chooses or has something unsaved or open: then a line offers it. A hidden page requests nothing. */
(() => {
  const EVERY_MS = 2000;
  const STILL_MS = 3000;  // since the last key or touch
  const RESULT_MS = 30000;  // since a button of the page was pressed: what it shows may be read
  const OPEN = '[role="dialog"], [role="listbox"], [data-baseweb="popover"], [data-testid="stPopoverBody"], .st-key-empty-error, [data-unsaved="true"]';
  const NEVER = ".st-key-mark-pad";  // refreshes itself, and nothing may lie over it
  let touchedAt = -RESULT_MS, pressedAt = -RESULT_MS, field = null, form = null, next = 0, line = null, offered = 0, isEnded = false;
  const lists = new Map();  // lists of numbers -> how many are typed and not saved

  const inPage = (element) => Boolean(element && element.isConnected);
  const isBusy = () => {
    const now = performance.now();
    return now - touchedAt < STILL_MS || now - pressedAt < RESULT_MS || inPage(field) || inPage(form) ||
      [...lists].some(([list, unsaved]) => unsaved && list.isConnected) ||
      Boolean(document.querySelector(OPEN) || String(document.getSelection()));
  };
  const versionOf = (marker) =>
    Math.max(...[marker, document.querySelector(".kb-seen")].map((element) => Number(element?.dataset.version || 0)));
  const offer = (marker) => {
    if (!marker) { if (line) line.remove(); line = null; return; }
    if (inPage(line)) return;
    offered = versionOf(marker);
    const go = document.createElement("button");
    line = document.createElement("div");
    line.className = "kb-news";
    line.setAttribute("role", "status");
    go.textContent = marker.dataset.show;
    go.addEventListener("click", () => { offer(null); redraw(marker); });
    line.append(marker.dataset.news, go);
    document.querySelector(".stApp").append(line);
  };
  const redraw = async (marker) => {
    const button = document.querySelector(".st-key-frame-changes button"), began = performance.now(), before = marker.dataset.version;
    if (!button) return;
    next = began + 10 * EVERY_MS;  // where the page does not come
    button.click();
    while (performance.now() < next && (document.querySelector(".kb-changes") || marker).dataset.version === before)
      await new Promise((done) => setTimeout(done, 50));
    next = performance.now() + Math.max(EVERY_MS, 4 * (performance.now() - began));
  };
  const ask = async () => {
    const marker = document.querySelector(".kb-changes");
    if (!marker || document.querySelector(NEVER)) { offer(null); return; }
    if (line && versionOf(marker) > offered) offer(null);  // the page was drawn anew since
    if (document.hidden || isEnded || performance.now() < next) return;
    if (!document.querySelector('[data-testid="stApp"][data-test-script-state="notRunning"]')) return;
    next = performance.now() + EVERY_MS;
    const { shop } = marker.dataset, version = versionOf(marker);
    const answer = await fetch(`/changes?since=${version}&shop=${encodeURIComponent(shop)}`, { redirect: "error" }).catch(() => null);
    isEnded = answer?.status === 401;
    if (!answer || !inPage(marker) || versionOf(marker) !== version) return;
    if (answer.status === 204 && !isBusy()) offer(null);
    else if (answer.status === 200) {
      if (isBusy()) offer(marker);
      else { offer(null); redraw(marker); }
    }
  };

  for (const kind of ["keydown", "pointerdown", "input"])
    document.addEventListener(kind, (event) => {
      const [inner] = event.composedPath();
      touchedAt = performance.now();
      if (kind === "input") field = inner;
      else if (kind === "keydown" && event.key === "Enter" && inner.nodeName !== "TEXTAREA") field = form = null;
      const within = inner.closest?.('[data-testid="stForm"]');
      if (within && (kind === "input" || kind === "pointerdown")) form = within;
    }, true);
  document.addEventListener("focusout", () => { field = null; }, true);
  document.addEventListener("click", (event) => {
    const button = event.target.closest?.('[data-testid="stButton"] button, [data-testid="stFormSubmitButton"] button');
    if (!button || button.closest(".st-key-frame-changes")) return;
    pressedAt = performance.now();
    if (button.closest('[data-testid="stFormSubmitButton"]')) form = null;
  }, true);
  window.addEventListener("kilnboard-typed", (event) => lists.set(event.detail.list, event.detail.unsaved));
  document.addEventListener("visibilitychange", ask);
  setInterval(ask, 500);
})();
