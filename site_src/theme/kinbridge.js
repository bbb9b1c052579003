// Small comforts; every page works without this file.
for (const button of document.querySelectorAll("[data-kb-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}

// After an error, start where the errors are listed.
document.getElementById("error-summary")?.focus();

// A long list can be searched; without this file it is a plain list.
const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

function addSearch(select) {
  const [all, label, box] = [[...select.options], document.createElement("label"), document.createElement("input")];
  Object.assign(box, { type: "search", className: "kb-input kb-input--w20", autocomplete: "off" });
  label.className = "kb-find";
  label.append(select.dataset.kbFind, box);
  select.before(label);
  box.addEventListener("input", () => {
    const found = all.filter((option) => plain(option.text).includes(plain(box.value.trim())));
    const chosen = select.selectedOptions[0];
    select.replaceChildren(...all.filter((option) => !option.value || option === chosen || found.includes(option)));
    if (found.length === 1) select.value = found[0].value;
    select.dispatchEvent(new Event("change", { bubbles: true }));
  });
  box.addEventListener("keydown", (event) => {
    if (event.key === "Enter") event.preventDefault();
  });
}
document.querySelectorAll("select[data-kb-find]").forEach(addSearch);

// Questions that do not apply yet are hidden; the server judges again. Without this file all stand in the page.
const conditional = [...document.querySelectorAll("[data-kb-when]")].map((field) => ({
  field,
  when: JSON.parse(field.dataset.kbWhen),
}));

const inputsOf = (name) => [...document.getElementsByName(name)].filter((input) => input.type !== "hidden");
const partsOf = (name) => ["year", "month", "day"].flatMap((part) => inputsOf(`${name}-${part}`));
const asksHere = (name) => inputsOf(name).length + partsOf(name).length > 0;
const saysNothing = (input) => input.matches(".kb-choice--missing :checked, :has(> option[data-kb-missing]:checked)");

// What a question says: a list of texts, empty when it is unanswered, hidden, or answered "I don't know".
function answersTo(name) {
  const [inputs, parts] = [inputsOf(name), partsOf(name)];
  if (inputs.some(saysNothing) || [...inputs, ...parts].some((input) => input.closest("[hidden]"))) return [];
  if (parts.length) {
    const date = parts.map((input) => input.value.trim());
    return date.every(Boolean) ? [date.map((part) => part.padStart(2, "0")).join("-")] : [];
  }
  const given = inputs.filter((input) => !["radio", "checkbox"].includes(input.type) || input.checked);
  return given.map((input) => input.value.trim()).filter(Boolean);
}

// Numbers compare as numbers. Other digits, a decimal comma or a "%" are the server's to read: null, and nothing hides.
const isPlainNumber = (text) => /^[-+]?\d+(\.\d+)?$/.test(text);

function meets(operator, answer, wanted, isNumber) {
  const numbers = [Number(answer), Number(wanted)];
  const [a, b] = isNumber || (operator !== "=" && !numbers.some(Number.isNaN)) ? numbers : [answer, wanted];
  return { "=": a === b, ">": a > b, "<": a < b, ">=": a >= b, "<=": a <= b }[operator];
}

function compare({ field, operator, answer, unsure }) {
  const given = answersTo(field);
  const isNumber = Boolean(inputsOf(field)[0]?.closest("[data-kb-number]"));
  if (operator === "exists") return given.length > 0 === (answer === "true");
  if (given.length && (unsure || (isNumber && !given.every(isPlainNumber)))) return null;
  if (operator === "!=") return !given.some((text) => meets("=", text, answer, isNumber));
  return given.some((text) => meets(operator, text, answer, isNumber));
}

// true, false, or null where the answer stands on another page.
function holds(condition) {
  const parts = condition.all ?? condition.any;
  if (!parts) return asksHere(condition.field) ? compare(condition) : null;
  const decisive = Boolean(condition.any);
  const verdicts = parts.map(holds);
  if (verdicts.includes(decisive)) return decisive;
  return verdicts.includes(null) ? null : !decisive;
}

const isDecidedElsewhere = (condition) =>
  (condition.all ?? condition.any)?.every(isDecidedElsewhere) ?? !asksHere(condition.field);

// What only other pages decide is as the server found it; what this page helps to decide stays in reach.
function isHidden({ field, when }) {
  const verdict = holds(when);
  return verdict === null ? field.hasAttribute("data-kb-hidden") && isDecidedElsewhere(when) : !verdict;
}

// A hidden question hides those that depend on it: once more, until nothing changes.
function showWhatApplies() {
  const changed = conditional.filter((question) => question.field.hidden !== isHidden(question));
  for (const { field } of changed) field.hidden = !field.hidden;
  if (changed.length) showWhatApplies();
}

if (conditional.length) {
  showWhatApplies();
  for (const moment of ["input", "change"]) document.addEventListener(moment, showWhatApplies);
  window.addEventListener("pageshow", showWhatApplies);
}
