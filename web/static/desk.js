// Files can be dropped onto the form; what was chosen is listed, and too much of it is said before it is sent.

const drop = document.querySelector(".drop");
const input = drop.querySelector("input[type=file]");
const list = drop.querySelector(".chosen");
const problem = drop.querySelector(".problem[role=alert]");
const form = drop.closest("form");
for (const words of drop.querySelectorAll(".needs-script")) words.hidden = false;

const size = (bytes) => {
  const [unit, per] = [["gigabyte", 2 ** 30], ["megabyte", 2 ** 20], ["kilobyte", 2 ** 10], ["byte", 1]].find(([, each]) => bytes >= each) ?? ["byte", 1];
  return new Intl.NumberFormat(document.documentElement.lang, { style: "unit", unit, maximumFractionDigits: 1 }).format(bytes / per);
};

function show() {
  const files = [...input.files];
  list.replaceChildren(...files.map((file) => {
    const line = document.createElement("li");
    const weight = document.createElement("span");
    line.textContent = `${file.name} `;
    Object.assign(weight, { className: "num", textContent: size(file.size) });
    line.append(weight);
    return line;
  }));
  const tooMuch = files.reduce((sum, file) => sum + file.size, 0) > Number(drop.dataset.max);
  problem.hidden = !tooMuch;
  problem.textContent = tooMuch ? drop.dataset.tooLarge : "";
  input.setCustomValidity(problem.textContent);
}

input.addEventListener("change", show);

// A file dropped beside the field would be opened by the browser in place of the form, and the form with it be lost.
for (const kind of ["dragover", "drop"]) addEventListener(kind, (event) => event.preventDefault());
addEventListener("dragover", (event) => drop.classList.toggle("over", [...event.dataTransfer.types].includes("Files")));
addEventListener("dragleave", (event) => { if (!event.relatedTarget) drop.classList.remove("over"); });
addEventListener("drop", (event) => {
  drop.classList.remove("over");
  if (!event.dataTransfer.files.length) return;
  const all = new DataTransfer();
  for (const file of [...input.files, ...event.dataTransfer.files]) all.items.add(file);
  input.files = all.files;
  show();
});

form.addEventListener("submit", () => {
  const button = form.querySelector("button[data-busy]");
  button.textContent = button.dataset.busy;
  setTimeout(() => { button.disabled = true; });
});
