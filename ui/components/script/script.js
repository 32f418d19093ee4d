// A script to read. Python sends its lines in pieces with their kinds, and which of them are new; here they are shown.

const COPIED_FOR = 2000; // ms that the button says so

/** The header of a payload; the format stands in script/__init__.py. */
function parseScript(bytes) {
  const { header } = openContainer(bytes);
  if (header.version !== 1) throw new Error(`This reads version 1 of its data, not ${header.version}.`);
  return header;
}

const textOf = ({ rows }) => rows.map((pieces) => `${pieces.map(([, text]) => text).join("")}\n`).join("");

function makeRow(pieces) {
  const parts = pieces.map(([kind, text]) => (kind ? make("span", { class: kind }, text) : text));
  return make("div", { class: "row" }, ...parts, "\n");
}

/** Put a text on the clipboard; where the browser keeps that from pages, by way of a selection. */
async function copyText(text, root) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    const field = make("textarea", { class: "unseen", "aria-hidden": "true" });
    field.value = text;
    root.append(field);
    field.select();
    document.execCommand("copy");
    field.remove();
  }
}

function createScript(root) {
  const { listing, prints, said, next, copy, copied } = partsOf(root);
  let shown = "";
  let marked = "";
  let places = []; // lines at which something begins to be new, or is gone
  let looked = 0; // at which of them

  copy.addEventListener("click", async () => {
    await copyText(shown, root);
    setText(copied, "Copied");
    setTimeout(() => setText(copied, "Copy"), COPIED_FOR);
  });

  next.addEventListener("click", () => look((looked + 1) % places.length));

  function show(bytes) {
    const script = parseScript(bytes);
    const [text, differences] = [textOf(script), JSON.stringify([script.new, script.gone])];
    setText(prints, script.prints);
    setText(said, script.said);
    if (text === shown && differences === marked) return; // the same again: whoever reads keeps the place
    if (text !== shown) listing.replaceChildren(...script.rows.map(makeRow));
    [shown, marked] = [text, differences];
    for (const [place, row] of [...listing.children].entries()) {
      row.classList.toggle("new", script.new.includes(place));
      row.classList.toggle("gone", script.gone.includes(place));
    }
    const marks = new Set([...script.new, ...script.gone]);
    places = [...marks].filter((place) => !marks.has(place - 1)).sort((a, b) => a - b);
    next.hidden = places.length < 2;
    look(0);
  }

  function look(at) {
    looked = at;
    if (places.length) bringIntoView(places[at]);
  }

  /** Scroll the listing, never the page, so that a marked line has some lines above it. */
  function bringIntoView(place) {
    const row = listing.children[place];
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    const top = row.offsetTop - listing.clientHeight / 4;
    listing.scrollTo({ top, behavior: still ? "auto" : "smooth" });
  }

  return { show };
}

export default mountOnce(".nn-script", null, createScript);
