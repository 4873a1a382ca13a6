/* The language of the document and of the texts that Streamlit's own page writes; PHRASES is set by documents.py.
   The page itself names its language in its style block, so that a change needs no reload. Texts of ours (in Markdown
   and HTML elements) and of users (options, values) are left alone. */
(() => {
  const OURS = '[data-testid="stMarkdownContainer"], .stHtml, [role="option"], [data-testid="stIconMaterial"], [data-testid="stExpanderIcon"], [data-tag-index], noscript, textarea, script, style, pre';
  const FRAME = '[data-testid="stElementToolbar"], [data-testid="stTooltipContent"], [data-testid="stTooltipErrorContent"]';
  const IN_LISTS = new Set(["No results", "No options", "Select all"]);  // Streamlit's own rows in a list of options
  const COUNTED = new Set(["# of #", "# results"]);  // # is a number: with names they fit what users write
  const ATTRIBUTES = ["aria-label", "title", "placeholder", "alt"];
  const written = new WeakMap();  // node -> {name: [original, translation]}
  let language = document.documentElement.lang, exact = new Map(), patterns = [];

  const use = () => {
    const table = PHRASES[language] || {};
    exact = new Map(Object.entries(table).filter(([phrase]) => !phrase.includes("#")));
    patterns = Object.entries(table).filter(([phrase]) => phrase.includes("#")).map(([phrase, words]) =>
      [new RegExp("^" + phrase.split("#").map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")).join(COUNTED.has(phrase) ? "([\\d,.]+)" : "(.+?)") + "$"), words]);
    document.documentElement.lang = language;
  };
  const translated = (text) => {
    const bare = text.trim();
    if (!bare || bare.length > 200) return text;
    const words = exact.get(bare);
    if (words !== undefined) return text.replace(bare, () => words);
    for (const [pattern, other] of patterns) {
      const parts = pattern.exec(bare);
      if (parts) { let place = 0; return text.replace(bare, () => other.replace(/#/g, () => parts[++place])); }
    }
    return text;
  };
  const change = (node, name, read, write) => {
    const known = (written.get(node) || {})[name], now = read();
    if (now === null || now === undefined) return;
    const original = known && known[1] === now ? known[0] : now;
    const result = translated(original);
    if (result !== original) written.set(node, { ...(written.get(node) || {}), [name]: [original, result] });
    if (result !== now) write(result);
  };
  const visit = (node) => {
    if (node.nodeType === Node.TEXT_NODE) {
      const parent = node.parentElement;
      if (!parent || (parent.closest(OURS) && !parent.closest(FRAME) && !IN_LISTS.has(node.nodeValue.trim()))) return;
      change(node, "text", () => node.nodeValue, (words) => { node.nodeValue = words; });
    } else if (node.nodeType === Node.ELEMENT_NODE) {
      if ((node.nodeName === "UL" || node.nodeName === "LI") && node.closest('[data-testid="stSidebarNavItems"]'))
        node.setAttribute("role", "none");  // headings stand between the items: for assistive technology it is no list
      for (const name of ATTRIBUTES)
        if (node.hasAttribute(name)) change(node, name, () => node.getAttribute(name), (words) => node.setAttribute(name, words));
      for (const child of node.childNodes) visit(child);
    }
  };
  const follow = (record) => {
    for (const node of record.addedNodes) {
      const style = node.nodeName === "STYLE" ? node : node.querySelector && node.querySelector("style");
      const wanted = style && /--kb-language: "([^"]+)"/.exec(style.textContent);
      if (!wanted || wanted[1] === language) continue;
      language = wanted[1];
      use();
      visit(document.documentElement);
      window.dispatchEvent(new Event("languagechange"));
    }
  };
  use();
  Object.defineProperty(navigator, "language", { get: () => language, configurable: true });
  Object.defineProperty(navigator, "languages", { get: () => [language], configurable: true });
  new MutationObserver((records) => {
    for (const record of records) {
      follow(record);
      if (record.type === "childList") for (const node of record.addedNodes) visit(node);
      else if (record.type === "characterData") visit(record.target);
      else change(record.target, record.attributeName, () => record.target.getAttribute(record.attributeName),
        (words) => record.target.setAttribute(record.attributeName, words));
    }
  }).observe(document.documentElement, { childList: true, subtree: true, characterData: true, attributes: true, attributeFilter: ATTRIBUTES });
})();
