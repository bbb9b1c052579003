// Small comforts; every page works without this file.
for (const button of document.querySelectorAll("[data-kb-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}

// After an error, start where the errors are listed.
document.getElementById("error-summary")?.focus();
