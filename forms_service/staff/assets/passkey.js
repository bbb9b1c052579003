// Hands what the browser's passkey answers to the form around it. Without this script an app's code does the same.
for (const form of document.querySelectorAll("form[data-passkey]")) {
  form.hidden = !window.PublicKeyCredential?.parseCreationOptionsFromJSON;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const asked = JSON.parse(form.dataset.options);
    const trouble = form.querySelector("[data-trouble]");
    trouble.hidden = true;
    try {
      const credential = form.dataset.passkey === "create"
        ? await navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(asked) })
        : await navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(asked) });
      form.elements.credential.value = JSON.stringify(credential.toJSON());
      form.submit();
    } catch {
      trouble.hidden = false;
    }
  });
}
