// Convenience only: every page works without this file.

document.addEventListener("keydown", (event) => {
  const typing = event.target instanceof Element && event.target.closest("input:not([readonly]), textarea:not([readonly]), select");
  if (typing || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
  const box = document.getElementById("q");
  if (event.key === "/" && box) {
    event.preventDefault();
    box.focus();
    box.select();
  } else if (event.key === "j" || event.key === "k") {
    step(event.key === "j" ? 1 : -1);
  }
});

// From hit to hit; from anywhere else to the first or, backwards, to none.
function step(by) {
  const hits = [...document.querySelectorAll("ol.rows .row :is(h2, h3) a")];
  const row = document.activeElement.closest("ol.rows .row");
  hits[hits.findIndex((hit) => row?.contains(hit)) + by]?.focus();
}

async function copy(field) {
  const template = document.querySelector(`template[data-html-for="${field.id}"]`);
  if (template && window.ClipboardItem) {
    const parts = { "text/plain": new Blob([field.value], { type: "text/plain" }), "text/html": new Blob([template.innerHTML], { type: "text/html" }) };
    await navigator.clipboard.write([new ClipboardItem(parts)]);
  } else {
    await navigator.clipboard.writeText(field.value);
  }
}

for (const button of document.querySelectorAll("button[data-copy]")) {
  const field = document.getElementById(button.dataset.copy);
  const label = button.textContent;
  const name = button.getAttribute("aria-label");
  const say = (text) => { button.textContent = text; button.setAttribute("aria-label", text === label ? name : text); };
  button.hidden = false;
  button.setAttribute("aria-live", "polite");
  button.addEventListener("click", async () => {
    try {
      await copy(field);
      say(button.dataset.done);
    } catch {
      // Browsers refuse the clipboard outside https and localhost: the text is left selected for Ctrl+C.
      field.focus();
      field.select();
      say(document.execCommand("copy") ? button.dataset.done : button.dataset.failed);
    }
    setTimeout(() => say(label), 2500);
  });
}
