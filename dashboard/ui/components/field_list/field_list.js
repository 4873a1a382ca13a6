/* One field of many rows, typed one after another into plain inputs: nothing is sent until they are saved, so that no key is lost
 * however fast it comes. Each typed value carries the one that was shown when it was typed: where somebody else
 * changed it meanwhile, the server returns a conflict and the person decides here. */

const drafts = new Map(); // by list: what is typed and not saved yet outlives a drawing of the page

function element(tag, text) {
  const result = document.createElement(tag);
  if (text) result.textContent = text;
  return result;
}

function fill(text, values) {
  return text.replace(/%(\w+)%/g, (_, name) => values[name] ?? "");
}

const CHANGE = /^([+-])?(\d{1,9}(?:\.\d{1,2})?)(%)?$/;
const NUMBER = /^\d{1,15}(?:\.\d{1,6})?$/;

function read(text) { // "+5 %", "-3", "128": what to do to every number; null for anything else
  const plain = text.normalize("NFKC").replace(/\s/g, "").replace(/[−–]/g, "-").replace(",", ".");
  const [, sign, amount, percent] = CHANGE.exec(plain) ?? [];
  return amount && (sign || !percent) ? { sign, amount, percent } : null;
}

function whole(text, digits) { // a number as a whole count of its smallest unit
  const [before, after = ""] = text.split(".");
  return BigInt(before + after.padEnd(digits, "0"));
}

function changed(value, { sign, amount, percent }) { // in whole units, halves rounded up; nothing goes below 0
  if (!sign) return amount;
  if (!NUMBER.test(value)) return value;
  const places = (text) => text.split(".")[1]?.length ?? 0;
  const digits = percent ? places(value) : Math.max(places(value), places(amount));
  const now = whole(value, digits);
  const step = percent ? now * whole(amount, 2) : whole(amount, digits) * 10000n;
  const result = (now * 10000n + (sign === "+" ? step : -step) + 5000n) / 10000n;
  const text = (result > 0n ? result : 0n).toString().padStart(digits + 1, "0");
  return digits ? `${text.slice(0, -digits)}.${text.slice(-digits)}` : text;
}

class FieldList {
  constructor(root) {
    const find = (name) => root.querySelector(`[data-part="${name}"]`);
    const names = ["form", "rows", "save", "discard", "state", "find", "findLabel", "change", "changeLabel", "apply", "down"];
    this.parts = Object.fromEntries(names.map((name) => [name, find(name)]));
    this.inputs = new Map();
    this.parts.find.addEventListener("input", () => this.narrow());
    this.parts.apply.addEventListener("click", () => this.changeAll());
    this.parts.down.addEventListener("click", () => this.fillDown());
    this.parts.find.addEventListener("keydown", (event) => event.key === "Enter" && event.preventDefault());
    this.parts.change.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.isComposing) return;
      event.preventDefault();
      this.changeAll();
    });
    this.parts.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.save();
    });
    this.parts.discard.addEventListener("click", () => {
      this.typed.clear();
      this.draw();
    });
  }

  update(data, send) {
    this.data = data;
    this.send = send;
    if (!drafts.has(data.name)) drafts.set(data.name, { typed: new Map(), batch: data.batch });
    const draft = drafts.get(data.name);
    this.typed = draft.typed;
    if (draft.batch !== data.batch) {
      draft.batch = data.batch;
      for (const { key, value } of data.saved) {
        const typed = this.typed.get(key);
        if (typed?.value === value) this.typed.delete(key);
        else if (typed) typed.before = this.current(key)?.value ?? ""; // typed again while it was being saved
      }
    }
    this.draw();
  }

  draw() {
    const focused = [...this.inputs].find(([, input]) => input.matches(":focus"))?.[0];
    const shown = this.data.rows.map((row) => row.key).join("\n");
    if (shown !== this.shown) {
      this.shown = shown;
      this.inputs.clear();
      this.parts.rows.replaceChildren(...this.data.rows.map((row) => this.row(row)));
    }
    for (const row of this.data.rows) {
      const input = this.inputs.get(row.key);
      const value = this.typed.get(row.key)?.value ?? row.value;
      if (input.value !== value && row.key !== focused) input.value = value;
      this.mark(row);
    }
    for (const name of ["save", "discard", "down"]) this.parts[name].textContent = this.data.words[name];
    for (const name of ["find", "change"]) this.parts[`${name}Label`].textContent = this.data.words[name];
    this.parts.form.dataset.kind = this.data.kind;
    this.narrow();
    this.count();
  }

  row(row) {
    const box = element("div");
    box.className = "row";
    const name = element("label");
    const input = this.field();
    input.id = `field-${this.data.name}-${row.key}`;
    name.htmlFor = input.id;
    name.append(element("b", row.title), element("small", row.note));
    input.addEventListener("input", () => this.type(row.key, input.value));
    input.addEventListener("focus", () => {
      this.last = row.key;
      input.select?.();
    });
    input.addEventListener("keydown", (event) => {
      const steps = this.data.kind === "choice" ? { Enter: 1 } : { Enter: 1, ArrowDown: 1, ArrowUp: -1 };
      const step = steps[event.key];
      if (!step || event.isComposing) return;
      event.preventDefault();
      const all = this.shownRows().map((shown) => this.inputs.get(shown.key));
      const next = all[all.indexOf(input) + step] ?? (step > 0 ? this.parts.save : input);
      next.focus();
    });
    this.inputs.set(row.key, input);
    box.append(name, input, element("p"));
    return box;
  }

  field() {
    const { kind, options } = this.data;
    const result = element(kind === "choice" ? "select" : "input");
    if (kind === "choice") result.append(...options.map(([value, label]) => new Option(label, value)));
    else {
      result.inputMode = kind === "number" ? "decimal" : "text";
      result.autocomplete = "off";
    }
    return result;
  }

  named(value) { // a stored value as it is shown
    return this.data.options.find(([option]) => option === value)?.[1] || value || "–";
  }

  shownRows() {
    return this.data.rows.filter((row) => !this.inputs.get(row.key).parentElement.hidden);
  }

  narrow() { // only the rows with every word that is looked for; what is done to all is done to these
    const words = this.parts.find.value.toLowerCase().split(/\s+/).filter(Boolean);
    for (const row of this.data.rows) {
      const text = `${row.title} ${row.note}`.toLowerCase();
      this.inputs.get(row.key).parentElement.hidden = !words.every((word) => text.includes(word));
    }
    this.parts.apply.textContent = fill(this.data.words.apply, { count: this.shownRows().length });
  }

  changeAll() {
    const change = read(this.parts.change.value);
    if (!change) {
      this.parts.state.textContent = this.data.words.unclear;
      this.parts.change.focus();
      return;
    }
    for (const row of this.shownRows()) this.put(row.key, changed(this.inputs.get(row.key).value.trim(), change));
    this.parts.change.value = "";
  }

  fillDown() { // what is in the field used last, in every field below it
    const rows = this.shownRows();
    const place = rows.findIndex((row) => row.key === this.last);
    if (place < 0) {
      this.parts.state.textContent = this.data.words.no_first;
      return;
    }
    const value = this.inputs.get(this.last).value;
    for (const row of rows.slice(place + 1)) this.put(row.key, value);
  }

  put(key, value) {
    this.inputs.get(key).value = value;
    this.type(key, value);
  }

  current(key) {
    return this.data.rows.find((row) => row.key === key);
  }

  type(key, value) {
    const row = this.current(key);
    const before = this.typed.get(key)?.before ?? row.value;
    if (value.trim() === before && before === row.value) this.typed.delete(key);
    else this.typed.set(key, { value, before });
    this.mark(row);
    this.count();
  }

  mark(row) {
    const typed = this.typed.get(row.key);
    const box = this.inputs.get(row.key).parentElement;
    const note = box.lastElementChild;
    const isConflict = Boolean(typed) && typed.before !== row.value;
    box.dataset.state = isConflict ? "conflict" : typed ? "typed" : "";
    note.replaceChildren();
    const problem = this.data.problems[row.key];
    if (isConflict) {
      const keep = element("button", this.data.words.mine);
      const take = element("button", this.data.words.theirs);
      keep.type = take.type = "button";
      keep.addEventListener("click", () => {
        this.typed.set(row.key, { value: typed.value, before: row.value });
        this.draw();
      });
      take.addEventListener("click", () => {
        this.typed.delete(row.key);
        this.draw();
      });
      const values = { before: this.named(typed.before), now: this.named(row.value), typed: this.named(typed.value) };
      note.append(element("span", fill(this.data.words.conflict, values)), " ", keep, " ", take);
    } else if (typed && problem) {
      note.textContent = problem;
    }
  }

  count() {
    const count = this.typed.size;
    this.parts.save.disabled = this.parts.discard.disabled = !count;
    window.dispatchEvent(new CustomEvent("kilnboard-typed", { detail: { list: this.parts.form, unsaved: count } }));
    this.parts.state.textContent = count ? fill(this.data.words.unsaved, { count }) : "";
  }

  save() {
    if (!this.typed.size) return;
    const values = [...this.typed].map(([key, { value, before }]) => ({ key, value, before }));
    this.send({ values, batch: Date.now() });
  }
}

export default function (component) {
  const { parentElement, data, setTriggerValue } = component;
  const list = (parentElement.fieldList ??= new FieldList(parentElement));
  list.update(data, (value) => setTriggerValue("save", value));
}
