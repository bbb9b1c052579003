// Keeps what is typed on a worksheet in this browser alone. Without this file one types and prints.
const key = `kinbridge-worksheet:${location.pathname}`;
const places = [...document.querySelectorAll("[data-kb-fill]")];
const said = document.querySelector("[data-kb-said]");

const value = (place) => (place.type === "checkbox" ? place.checked : place.value);

function fill(kept) {
  for (const place of places) {
    if (place.type === "checkbox") place.checked = kept[place.id] === true;
    else place.value = kept[place.id] ?? "";
  }
}

function read() {
  try {
    return JSON.parse(localStorage.getItem(key)) ?? {};
  } catch {
    return {};
  }
}

// Where the stylesheet cannot let a place grow with its text (field-sizing), this does; paper is about as wide.
function grow() {
  if (CSS.supports("field-sizing", "content")) return;
  for (const place of places) {
    if (place.type === "checkbox") continue;
    place.style.blockSize = "auto";
    if (place.value) place.style.blockSize = `${place.scrollHeight + place.offsetHeight - place.clientHeight}px`;
  }
}

function keep() {
  const filled = places.filter(value).map((place) => [place.id, value(place)]);
  try {
    if (filled.length) localStorage.setItem(key, JSON.stringify(Object.fromEntries(filled)));
    else localStorage.removeItem(key);
    said.textContent = "";
  } catch {
    said.textContent = said.dataset.kbFull;
  }
}

function asText() {
  const lines = places.map((place) =>
    place.type === "checkbox"
      ? `[${place.checked ? "x" : " "}] ${place.dataset.kbFill}`
      : `${place.dataset.kbFill}: ${place.value}`,
  );
  return [document.querySelector("h1").textContent, "", ...lines, ""].join("\r\n");
}

function save(event) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([asText()], { type: "text/plain" }));
  link.download = `${event.currentTarget.dataset.kbName}.txt`;
  link.click();
  URL.revokeObjectURL(link.href);
}

function clear(event) {
  if (!confirm(event.currentTarget.dataset.kbQuestion)) return;
  fill({});
  keep();
  grow();
  said.textContent = said.dataset.kbCleared;
}

if (places.length) {
  fill(read());
  for (const place of places) place.addEventListener("input", keep);
  grow();
  addEventListener("input", grow);
  addEventListener("beforeprint", grow);
  document.querySelector("[data-kb-save]").addEventListener("click", save);
  document.querySelector("[data-kb-clear]").addEventListener("click", clear);
}
