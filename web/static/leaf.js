// A page of a file: a word touched on one side is shown on the other, keys turn pages and go from match to match.
// Convenience only: pictures, marks and links are there without this file.

const text = document.querySelector(".leaf-text .text");
const boxes = document.querySelector(".boxes");
for (const hint of document.querySelectorAll(".needs-script")) hint.hidden = false;

// ---- one word on both sides ----
let lit = [];

function light(number) {
  for (const element of lit) element.classList.remove("lit");
  lit = number === undefined ? [] : [...document.querySelectorAll(`.leaf [data-w="${number}"]`)];
  for (const element of lit) element.classList.add("lit");
}

function onTheOtherSide(element) {
  const other = element.closest(".boxes") ? text : boxes;
  other?.querySelector(`[data-w="${element.dataset.w}"]`)?.scrollIntoView({ block: "center", inline: "nearest", behavior: "smooth" });
}

if (text && boxes) {
  const leaf = document.querySelector(".leaf");
  const wordAt = (event) => (event.target instanceof Element ? event.target.closest("[data-w]") : null);
  leaf.addEventListener("pointerover", (event) => light(wordAt(event)?.dataset.w));
  leaf.addEventListener("pointerleave", () => light());
  leaf.addEventListener("focusin", (event) => light((wordAt(event) ?? event.target.querySelector?.("[data-w]"))?.dataset.w));
  leaf.addEventListener("focusout", () => light());
  leaf.addEventListener("click", (event) => {
    const word = wordAt(event);
    if (!word || String(getSelection())) return; // whoever marks text to copy it stays where he is
    light(word.dataset.w);
    onTheOtherSide(word);
  });
  for (const stop of text.querySelectorAll(".doubt, mark[id]")) stop.tabIndex = 0;
}

// ---- from match to match ----
const matches = [...document.querySelectorAll(".leaf-text mark[id]")];
let at = matches.findIndex((match) => `#${match.id}` === location.hash);

function wordsOf(match) {
  const within = [...match.querySelectorAll("[data-w]"), match.closest("[data-w]")];
  return new Set(within.filter(Boolean).map((word) => word.dataset.w));
}

function point(to) {
  for (const old of document.querySelectorAll(".leaf .current")) old.classList.remove("current");
  at = to;
  const match = matches[at];
  match.classList.add("current");
  for (const number of wordsOf(match)) boxes?.querySelector(`rect[data-w="${number}"]`)?.classList.add("current");
  const place = document.querySelector(".matches .place");
  place.textContent = place.textContent.replace(/^(\d+ \/ )?/, `${at + 1} / `);
}

function go(by) {
  const to = at < 0 && by < 0 ? -1 : at + by;
  if (to < 0 || to >= matches.length) return document.querySelector(`[data-match="page-${by < 0 ? "before" : "after"}"]`)?.click();
  point(to);
  matches[at].scrollIntoView({ block: "center" });
  matches[at].focus({ preventScroll: true });
}

if (at >= 0) point(at);
addEventListener("hashchange", () => {
  const named = matches.findIndex((match) => `#${match.id}` === location.hash);
  if (named >= 0) point(named);
});

document.addEventListener("keydown", (event) => {
  const typing = event.target instanceof Element && event.target.closest("input, textarea, select");
  if (typing || event.isComposing || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
  const turn = { ArrowLeft: "prev", ArrowRight: "next" }[event.key];
  if (turn) document.querySelector(`.turn a[rel="${turn}"]`)?.click();
  else if (event.key === "n" || event.key === "p") go(event.key === "n" ? 1 : -1);
});
