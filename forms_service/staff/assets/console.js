// Says that new answers have come, without reloading. Asking does not keep a visit alive.
"use strict";
const line = document.querySelector("[data-new]");
const MINUTE = 60000;

async function ask() {
  if (document.hidden) return;
  const answer = await fetch(line.dataset.new, { headers: { Accept: "application/json" } });
  const number = answer.ok && !answer.redirected ? await answer.json() : 0;
  if (number > 0) {
    const text = number === 1 ? line.dataset.one : line.dataset.many.replace("{number}", number);
    line.querySelector("span").textContent = text;
    line.hidden = false;
  }
}

if (line) {
  const quietly = () => ask().catch(() => undefined);
  setInterval(quietly, MINUTE);
  document.addEventListener("visibilitychange", quietly);
}
