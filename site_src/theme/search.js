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
let latest = 0;

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
  text.append("… ");
  for (const node of new DOMParser().parseFromString(html, "text/html").body.childNodes) {
    const isFound = node.nodeName === "MARK";
    const piece = isFound ? document.createElement("mark") : new Text();
    piece.textContent = node.textContent;
    text.append(piece);
  }
  text.append(" …");
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

async function next() {
  const results = waiting.slice(0, AT_ONCE);
  const found = await Promise.all(results.map((result) => result.data()));
  return found.map(item);
}

function add(items) {
  waiting = waiting.slice(items.length);
  more.hidden = waiting.length === 0;
  list.append(...items);
}

function say(count) {
  const { kbOne, kbMany, kbNone } = said.dataset;
  said.textContent = count === 0 ? kbNone : count === 1 ? kbOne : kbMany.replace("{n}", count);
}

async function find(words, isLatest) {
  const { results } = await (await start()).search(words);
  if (!isLatest()) return;
  waiting = results;
  const items = await next();
  if (!isLatest()) return;
  list.replaceChildren();
  add(items);
  say(results.length);
}

function empty(text) {
  list.replaceChildren();
  more.hidden = true;
  said.textContent = text;
}

async function search(pause) {
  const words = box.value.trim();
  const number = (latest += 1);
  const isLatest = () => number === latest;
  // Kept with this visit of the page, so that "back" finds it again; no address and no list shows it.
  history.replaceState({ words }, "");
  if (!words) return empty("");
  await new Promise((done) => setTimeout(done, pause));
  if (!isLatest()) return;
  try {
    await find(words, isLatest);
  } catch {
    if (isLatest()) empty(said.dataset.kbFailed);
  }
}

box.addEventListener("focus", () => start().catch(() => {}), { once: true });
box.addEventListener("input", () => search(PAUSE));
form.addEventListener("submit", (event) => {
  event.preventDefault();
  search(0);
});
more.addEventListener("click", async () => {
  const number = latest;
  const items = await next();
  if (number !== latest) return;
  add(items);
  items[0].querySelector("a").focus();
});

if (history.state?.words) {
  box.value = history.state.words;
  search(0);
}
