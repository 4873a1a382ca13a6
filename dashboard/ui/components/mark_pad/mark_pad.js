/* Marks of a live session by one tap. Each mark gets its id and moment here, is stored on the phone, and is sent
 * again until the server has confirmed it, so that marks made without a connection all arrive, each once. */

const QUEUE = "kilnboard.marks.queue";
const LOG = "kilnboard.marks.log";
const CLOCK = "kilnboard.marks.clock";
const RECENT = 12;
const LOGGED = 40;
const SENT_AT_ONCE = 100;
const RETRY_MS = 2500;
const MOST_SHOWN = 60;

const memory = {};

function load(key, fallback) {
  try {
    const stored = window.localStorage.getItem(key);
    return stored === null ? fallback : JSON.parse(stored);
  } catch {
    return key in memory ? memory[key] : fallback;
  }
}

function save(key, value) {
  memory[key] = value;
  try {
    window.localStorage.setItem(key, JSON.stringify(value));
  } catch {
    /* without storage (private browsing) marks last as long as the page */
  }
}

/* crypto.randomUUID exists only over HTTPS; a studio's own address is plain HTTP */
function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/* The server's clock, as far as it differs from the phone's; the same answer drawn again says nothing new. */
function setClock(now) {
  const clock = load(CLOCK, {});
  if (clock.now !== now) save(CLOCK, { now, offset: now * 1000 - Date.now() });
}

function seconds() {
  const { offset = 0 } = load(CLOCK, {});
  return Math.round((Date.now() + (Math.abs(offset) < 2000 ? 0 : offset)) / 1000);
}

function fill(text, values) {
  return text.replace(/%(\w+)%/g, (_, name) => values[name] ?? "");
}

/* The framework covers the page with a notice while the connection is lost; marking must go on meanwhile. */
function closeNotice() {
  for (const close of document.querySelectorAll('[data-testid="stDialog"] button[aria-label="Close"]')) {
    window.setTimeout(() => close.click());
  }
}

class MarkPad {
  constructor(root) {
    this.root = root;
    this.view = "tonight";
    this.lastSent = 0;
    const find = (name) => root.querySelector(`[data-part="${name}"]`);
    this.parts = Object.fromEntries(
      ["status", "now", "search", "views", "items", "actions", "log"].map((name) => [name, find(name)])
    );
    this.parts.search.addEventListener("input", () => this.drawItems());
    this.onOnline = () => {
      this.send();
      this.drawStatus();
    };
    window.addEventListener("online", this.onOnline);
    window.addEventListener("offline", this.onOnline);
    this.notices = new MutationObserver(closeNotice);
    this.notices.observe(document.body, { childList: true });
    this.timer = window.setInterval(() => {
      if (load(QUEUE, []).length) this.send();
      this.drawStatus();
    }, 1000);
  }

  end() {
    this.notices.disconnect();
    window.removeEventListener("online", this.onOnline);
    window.removeEventListener("offline", this.onOnline);
    window.clearInterval(this.timer);
  }

  update(data, report) {
    this.data = data;
    this.report = report;
    setClock(data.now);
    const refused = new Map(data.refused);
    const received = new Set([...data.received, ...refused.keys()]);
    const queue = load(QUEUE, []);
    const left = queue.filter((entry) => !received.has(entry.id));
    if (left.length !== queue.length) {
      save(QUEUE, left);
      const log = load(LOG, []);
      for (const entry of log) if (refused.has(entry.id)) entry.refused = refused.get(entry.id);
      save(LOG, log);
    }
    this.parts.search.placeholder = data.words.search;
    this.parts.search.setAttribute("aria-label", data.words.search);
    this.draw();
    if (left.length) this.send();
  }

  send(isNew = false) {
    const queue = load(QUEUE, []);
    const due = isNew || Date.now() - this.lastSent >= RETRY_MS;
    if (!queue.length || !due || !navigator.onLine) return;
    this.lastSent = Date.now();
    this.report(queue.slice(0, SENT_AT_ONCE));
  }

  add(entry) {
    save(QUEUE, [...load(QUEUE, []), entry]);
    this.send(true);
  }

  mark(kind, item) {
    const entry = {
      id: newId(),
      kind,
      at: seconds(),
      platform: this.data.platform,
      session: this.data.session,
      item: item?.item ?? null,
      sku: item?.sku ?? null,
      title: item?.title ?? null,
    };
    save(LOG, [entry, ...load(LOG, [])].slice(0, LOGGED));
    if (kind === "show") this.parts.search.value = "";
    this.add(entry);
    navigator.vibrate?.(15);
    this.draw();
  }

  undo(id) {
    const log = load(LOG, []);
    const entry = log.find((one) => one.id === id);
    if (!entry || entry.undone) return;
    entry.undone = true;
    save(LOG, log);
    this.add({ id: `undo-${id}`, undo: id });
    this.draw();
  }

  /* What is in the hand: the piece that was shown last and not put away. */
  shown() {
    for (const entry of load(LOG, [])) {
      if (entry.undone || entry.refused) continue;
      if (entry.kind === "hide") return null;
      if (entry.kind === "show") return entry;
    }
    return null;
  }

  draw() {
    this.drawStatus();
    this.drawNow();
    this.drawViews();
    this.drawItems();
    this.drawActions();
    this.drawLog();
  }

  drawStatus() {
    const waiting = load(QUEUE, []).length;
    const { words } = this.data;
    const cut = !navigator.onLine || (waiting && Date.now() - this.oldest() > 8000);
    this.parts.status.textContent = waiting
      ? fill(cut ? words.waiting_offline : words.waiting, { count: waiting })
      : navigator.onLine
        ? words.all_sent
        : words.offline;
    this.parts.status.dataset.state = waiting ? "waiting" : navigator.onLine ? "sent" : "offline";
    this.parts.status.dataset.waiting = waiting;
  }

  oldest() {
    const [first] = load(QUEUE, []);
    return first?.at ? Date.now() - (seconds() - first.at) * 1000 : Date.now();
  }

  drawNow() {
    const entry = this.shown();
    const { words } = this.data;
    this.parts.now.replaceChildren(
      line("small", entry ? fill(words.shown_since, { at: this.clock(entry.at) }) : words.nothing_hint),
      line("b", entry ? entry.title || entry.item : words.nothing_shown)
    );
  }

  drawViews() {
    const { words } = this.data;
    replace(
      this.parts.views,
      ["tonight", "recent", "all"].map((name) => {
        const button = tapped(words.views[name], () => {
          this.view = name;
          this.drawViews();
          this.drawItems();
        });
        button.setAttribute("aria-pressed", name === this.view);
        return button;
      })
    );
  }

  listed() {
    const { items } = this.data;
    if (this.view === "tonight") return items.filter((item) => item.tonight).sort((a, b) => a.tonight - b.tonight);
    if (this.view === "all") return items;
    const marked = [...load(LOG, []).map((entry) => entry.item), ...this.data.recent];
    const names = [...new Set(marked.filter(Boolean))].slice(0, RECENT);
    return names.map((name) => items.find((item) => item.item === name) ?? { item: name, title: name });
  }

  note(item) {
    if (item.free === null || item.free === undefined) return item.item === item.title ? "" : item.item;
    return `${item.item} · ${fill(this.data.words.free, { free: item.free })}`;
  }

  drawItems() {
    const typed = this.parts.search.value.trim();
    const { words, items } = this.data;
    const wanted = typed.toLowerCase().split(/\s+/).filter(Boolean);
    const fits = (item) => {
      const text = `${item.item} ${item.title}`.toLowerCase();
      return wanted.every((word) => text.includes(word));
    };
    const result = (typed ? items.filter(fits) : this.listed()).slice(0, MOST_SHOWN);
    const shown = this.shown()?.item;
    const buttons = result.map((item) => {
      const button = tapped("", () => this.mark("show", item));
      button.className = "item";
      button.dataset.item = item.item;
      if (item.item === shown) button.setAttribute("aria-current", "true");
      if (item.photo) {
        const picture = document.createElement("img");
        picture.src = item.photo;
        picture.alt = "";
        button.append(picture);
      }
      const label = document.createElement("span");
      label.append(line("b", item.title), line("small", this.note(item)));
      button.append(label);
      return button;
    });
    if (typed && !items.some((item) => item.item.toLowerCase() === typed.toLowerCase())) {
      const button = tapped(fill(words.show_typed, { item: typed }), () => {
        this.mark("show", { item: typed, title: typed });
      });
      button.className = "item typed";
      buttons.push(button);
    }
    if (!buttons.length) buttons.push(line("p", words.empty[this.view]));
    replace(this.parts.items, buttons);
  }

  drawActions() {
    const shown = this.shown();
    const { words, kinds } = this.data;
    replace(
      this.parts.actions,
      kinds.map((kind) => {
        const button = tapped(words.kinds[kind], () => this.mark(kind, this.shown()));
        button.dataset.kind = kind;
        button.disabled = kind === "hide" && !shown;
        return button;
      })
    );
  }

  drawLog() {
    const { words } = this.data;
    const waiting = new Set(load(QUEUE, []).map((entry) => entry.id));
    const rows = load(LOG, []).slice(0, 10);
    replace(
      this.parts.log,
      rows.map((entry) => {
        const row = document.createElement("li");
        row.dataset.id = entry.id;
        row.dataset.state = entry.undone ? "undone" : waiting.has(entry.id) ? "waiting" : "sent";
        const state = entry.refused ?? (entry.undone ? words.undone : waiting.has(entry.id) ? words.unsent : "");
        row.append(
          line("time", this.clock(entry.at)),
          line("span", [words.kinds[entry.kind], entry.title || entry.item].filter(Boolean).join(" · ")),
          line("small", state)
        );
        if (!entry.undone && !entry.refused) row.append(tapped(words.undo, () => this.undo(entry.id)));
        return row;
      })
    );
  }

  clock(at) {
    return new Intl.DateTimeFormat("en-GB", { timeStyle: "medium", timeZone: this.data.zone }).format(at * 1000);
  }
}

function line(tag, text) {
  const element = document.createElement(tag);
  element.textContent = text;
  return element;
}

/* What looks the same stays, so that no button goes away under a finger. */
function replace(parent, children) {
  const before = [...parent.children];
  if (children.length === before.length && children.every((child, place) => child.isEqualNode(before[place]))) return;
  parent.replaceChildren(...children);
}

function tapped(text, act) {
  const button = line("button", text);
  button.type = "button";
  button.addEventListener("click", act);
  return button;
}

export default function (component) {
  const { parentElement, data, setTriggerValue } = component;
  const pad = (parentElement.markPad ??= new MarkPad(parentElement));
  pad.update(data, (queue) => setTriggerValue("queue", queue));
  return () => {
    pad.end();
    delete parentElement.markPad;
  };
}
