// Lets new answers appear in the inbox without reloading, and says so. Asking keeps neither a visit nor its keys alive.
"use strict";
const news = document.querySelector("[data-new]");
const MINUTE = 60000;
const QUIETLY = { "X-Kinbridge-Quiet": "1" };
let shown = 0; // how many have appeared since the page was loaded

async function ask() {
  if (document.hidden) return;
  const answer = await fetch(news.dataset.new, { headers: { Accept: "application/json" } });
  const number = answer.ok && !answer.redirected ? await answer.json() : 0;
  if (number > 0) {
    const appeared = await show().catch(() => false);
    if (appeared) shown += number;
    say(appeared ? shown : shown + number, appeared);
  }
}

// Puts the page as it is now in place; false where somebody reads an older page, or has the focus in the list.
async function show() {
  if (!("first" in news.dataset)) return false;
  const answer = await fetch(location.href, { headers: QUIETLY, redirect: "manual" });
  if (!answer.ok) return false;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  const now = fresh.querySelector("[data-new]");
  const parts = document.querySelectorAll("[data-part]");
  if (!now || [...parts].some((part) => part.contains(document.activeElement))) return false;
  for (const name of ["urgent", "list", "pages"]) put(name, fresh);
  news.dataset.new = now.dataset.new;
  return true;
}

function put(name, fresh) {
  const old = document.querySelector(`[data-part=${name}]`);
  const part = fresh.querySelector(`[data-part=${name}]`);
  if (old && part) old.replaceWith(part);
  else if (part) document.querySelector("h1").after(part);
  else if (old) old.remove();
}

function say(number, appeared) {
  const line = news.querySelector("p");
  line.querySelector("span").textContent = number === 1 ? news.dataset.one : news.dataset.many.replace("{number}", number);
  line.querySelector("a").hidden = appeared && !("narrowed" in news.dataset);
  line.hidden = false;
}

if (news) {
  const quietly = () => ask().catch(() => undefined);
  setInterval(quietly, MINUTE);
  document.addEventListener("visibilitychange", quietly);
}
