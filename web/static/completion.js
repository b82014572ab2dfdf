// Offers ways to go on while a search is typed (WAI-ARIA combobox with a listbox). Without this file the box is a plain box.

const box = document.querySelector("input[data-complete]");
if (box) offer(box);

function offer(box) {
  const kinds = JSON.parse(box.dataset.kinds);
  const list = document.createElement("ul");
  Object.assign(list, { id: "goi-y", className: "offers", hidden: true });
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", box.dataset.offers);
  box.after(list);
  for (const [name, value] of [["role", "combobox"], ["aria-autocomplete", "list"], ["aria-controls", list.id], ["aria-expanded", "false"]]) box.setAttribute(name, value);

  let offers = [];
  let active = -1;
  let timer;
  let asking;

  const isOpen = () => !list.hidden;

  function mark(index) {
    active = index;
    for (const [at, option] of [...list.children].entries()) option.setAttribute("aria-selected", String(at === index));
    if (index < 0) box.removeAttribute("aria-activedescendant");
    else box.setAttribute("aria-activedescendant", list.children[index].id);
    list.children[index]?.scrollIntoView({ block: "nearest" });
  }

  function show(found) {
    offers = found;
    list.replaceChildren(...found.map((one, at) => {
      const option = document.createElement("li");
      const kind = document.createElement("span");
      const text = document.createElement("span");
      Object.assign(option, { id: `goi-y-${at}` });
      option.setAttribute("role", "option");
      Object.assign(text, { textContent: one.text, lang: "vi" });
      Object.assign(kind, { textContent: kinds[one.kind] ?? "", className: "kind" });
      option.append(text, " ", kind);
      return option;
    }));
    list.hidden = !found.length;
    box.setAttribute("aria-expanded", String(isOpen()));
    mark(-1);
  }

  function close() {
    clearTimeout(timer);
    asking?.abort();
    show([]);
  }

  async function ask() {
    asking?.abort();
    const typed = box.value.trim();
    if (typed.length < 2) return show([]);
    const mine = (asking = new AbortController());
    try {
      const answer = await fetch(`${box.dataset.complete}?q=${encodeURIComponent(typed)}`, { signal: mine.signal });
      const found = answer.ok ? await answer.json() : [];
      if (!mine.signal.aborted && document.activeElement === box) show(found);
    } catch {
      if (!mine.signal.aborted) show([]); // the network is away: typing goes on without offers
    }
  }

  function take(one) {
    close();
    if (one.id) return location.assign(box.dataset.document.replace("ID", encodeURIComponent(one.id)));
    box.value = one.text;
    box.form.requestSubmit();
  }

  box.addEventListener("input", (event) => {
    clearTimeout(timer);
    // Keyboards of telephones compose every word, so composing text is completed too, but only when the fingers rest.
    timer = setTimeout(ask, event.isComposing ? 400 : 120);
  });

  box.addEventListener("keydown", (event) => {
    if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && isOpen()) {
      event.preventDefault();
      // One place more than there are offers: the box itself, where what was typed stands.
      mark(((active + 1 + step + offers.length + 1) % (offers.length + 1)) - 1);
    } else if (event.key === "ArrowDown" && !event.shiftKey) {
      event.preventDefault();
      ask();
    } else if (event.key === "Enter" && isOpen() && active >= 0) {
      event.preventDefault();
      take(offers[active]);
    } else if (event.key === "Escape" && isOpen()) {
      event.preventDefault();
      close();
    }
  });

  box.addEventListener("blur", close);
  box.form.addEventListener("submit", close);
  list.addEventListener("pointerdown", (event) => event.preventDefault()); // the box keeps the focus
  list.addEventListener("mousedown", (event) => event.preventDefault());
  list.addEventListener("click", (event) => {
    const at = [...list.children].indexOf(event.target.closest("[role=option]"));
    if (at >= 0) take(offers[at]);
  });
}
