// A table from sums to probabilities: a row for each class, a column for each step, the probability as a bar too, with
// the thresholds as lines through all of them.

/** Called by Streamlit when the component is mounted, and again whenever its data change. */
export default function ({ parentElement, data: { heads, rows, zones } }) {
  const root = parentElement.querySelector(".nn-levels");
  const parts = partsOf(root);
  root.classList.toggle("short", rows.every(({ name }) => name.length <= 2));
  root.style.setProperty("--steps", heads.length);
  parts.heads.replaceChildren(
    makeCell("columnheader", "name"),
    ...heads.map(({ head, sentence }) =>
      makeCell("columnheader", "step", make("b", {}, head), make("small", {}, sentence))),
    makeCell("columnheader", "zones", ...zones.map(makeZone)),
    makeCell("columnheader", "told", make("b", {}, "p")));
  const best = Math.max(...rows.map(({ share }) => share));
  parts.rows.replaceChildren(...rows.map((row) => makeRow(row, zones, row.share === best)));
}

const makeCell = (role, name, ...children) => make("span", { role, class: name }, ...children);

function makeZone({ word, from, to }) {
  const zone = make("i", {}, word);
  zone.style.width = `${100 * (to - from)}%`;
  return zone;
}

function makeRow({ name, steps, share, told }, zones, best) {
  const bar = make("span", { class: "bar" });
  bar.style.width = `${100 * share}%`;
  const edges = zones.slice(1).map((zone) => {
    const edge = make("span", { class: "edge" });
    edge.style.left = `${100 * zone.from}%`;
    return edge;
  });
  return make("div", { role: "row", class: best ? "row best" : "row" },
    makeCell("rowheader", "name", name),
    ...steps.map((text) => makeCell("cell", "step", text)),
    make("span", { class: "track", "aria-hidden": true }, bar, ...edges),
    makeCell("cell", "told", told));
}
