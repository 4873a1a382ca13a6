/* Numbers typed one after another into plain fields: nothing is sent until they are saved, so that no key is lost
 * however fast it comes. Each typed number carries the value that was shown when it was typed: where somebody else
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

class NumberList {
  constructor(root) {
    const find = (name) => root.querySelector(`[data-part="${name}"]`);
    this.parts = Object.fromEntries(["form", "rows", "save", "discard", "state"].map((name) => [name, find(name)]));
    this.inputs = new Map();
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
    this.parts.save.textContent = this.data.words.save;
    this.parts.discard.textContent = this.data.words.discard;
    this.count();
  }

  row(row) {
    const box = element("div");
    box.className = "row";
    const name = element("label");
    const input = element("input");
    input.id = `number-${this.data.name}-${row.key}`;
    name.htmlFor = input.id;
    name.append(element("b", row.title), element("small", row.note));
    input.inputMode = "decimal";
    input.autocomplete = "off";
    input.addEventListener("input", () => this.type(row.key, input.value));
    input.addEventListener("focus", () => input.select());
    input.addEventListener("keydown", (event) => {
      const step = { Enter: 1, ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (!step || event.isComposing) return;
      event.preventDefault();
      const all = [...this.inputs.values()];
      const next = all[all.indexOf(input) + step] ?? (step > 0 ? this.parts.save : input);
      next.focus();
    });
    this.inputs.set(row.key, input);
    box.append(name, input, element("p"));
    return box;
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
      const values = { before: typed.before || "–", now: row.value || "–", typed: typed.value };
      note.append(element("span", fill(this.data.words.conflict, values)), " ", keep, " ", take);
    } else if (typed && problem) {
      note.textContent = problem;
    }
  }

  count() {
    const count = this.typed.size;
    this.parts.save.disabled = this.parts.discard.disabled = !count;
    this.parts.state.textContent = count ? fill(this.data.words.unsaved, { count }) : "";
  }

  save() {
    if (!this.typed.size) return;
    const numbers = [...this.typed].map(([key, { value, before }]) => ({ key, value, before }));
    this.send({ numbers, batch: Date.now() });
  }
}

export default function (component) {
  const { parentElement, data, setTriggerValue } = component;
  const list = (parentElement.numberList ??= new NumberList(parentElement));
  list.update(data, (value) => setTriggerValue("save", value));
}
