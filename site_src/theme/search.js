// Finds pages in this page's language. Pagefind's own code is fetched when the box is first used.
const form = document.querySelector("[data-kb-search]");
const box = form.querySelector("input");
const said = document.querySelector("[data-kb-said]");
const list = document.querySelector("[data-kb-results]");
const more = document.querySelector("[data-kb-more]");
const AT_ONCE = 8;
const PAUSE = 250;

let engine;
let waiting = [];

function start() {
  engine ??= import("/pagefind/pagefind.js").catch((error) => {
    engine = undefined;
    throw error;
  });
  return engine;
}

// An excerpt is text with the found words in <mark>; nothing else of it is taken for markup.
function excerpt(html) {
  const text = document.createElement("p");
  text.className = "kb-listing__text";
  for (const node of new DOMParser().parseFromString(html, "text/html").body.childNodes) {
    const isFound = node.nodeName === "MARK";
    const piece = isFound ? document.createElement("mark") : new Text();
    piece.textContent = node.textContent;
    text.append(piece);
  }
  return text;
}

function item({ url, excerpt: html, meta }) {
  const link = Object.assign(document.createElement("a"), {
    href: url,
    className: "kb-listing__title",
    textContent: meta.title,
  });
  const kind = Object.assign(document.createElement("p"), {
    className: "kb-search__kind",
    textContent: meta.kind,
  });
  const entry = Object.assign(document.createElement("li"), { className: "kb-listing__item" });
  entry.append(kind, link, excerpt(html));
  return entry;
}

async function show() {
  const next = waiting.splice(0, AT_ONCE);
  more.hidden = waiting.length === 0;
  const found = await Promise.all(next.map((result) => result.data()));
  const items = found.map(item);
  list.append(...items);
  return items;
}

function say(count) {
  const { kbOne, kbMany, kbNone } = said.dataset;
  said.textContent = count === 0 ? kbNone : count === 1 ? kbOne : kbMany.replace("{n}", count);
}

async function search(pause) {
  const words = box.value.trim();
  // Kept with this visit of the page, so that "back" finds it again; it is in no address and no history list.
  history.replaceState({ words }, "");
  try {
    const pagefind = await start();
    const found = await pagefind.debouncedSearch(words, {}, pause);
    if (found === null) return;
    list.replaceChildren();
    waiting = found.results;
    if (words) say(waiting.length);
    else said.textContent = "";
    await show();
  } catch {
    list.replaceChildren();
    more.hidden = true;
    said.textContent = said.dataset.kbFailed;
  }
}

box.addEventListener("focus", () => start().catch(() => {}), { once: true });
box.addEventListener("input", () => search(PAUSE));
form.addEventListener("submit", (event) => {
  event.preventDefault();
  search(0);
});
more.addEventListener("click", async () => {
  const [first] = await show();
  first?.querySelector("a").focus();
});

if (history.state?.words) {
  box.value = history.state.words;
  search(0);
}
