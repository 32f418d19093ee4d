// Bars of two probabilities for each class, with the thresholds as lines through all of them.

/** Called by Streamlit when the component is mounted, and again whenever its data change. */
export default function ({ parentElement, data: { rows, zones } }) {
  const root = parentElement.querySelector(".nn-levels");
  const parts = partsOf(root);
  root.classList.toggle("short", rows.every(({ name }) => name.length <= 2));
  const shares = zones.map((zone) => {
    const word = make("i", {}, zone.word);
    word.style.width = `${100 * (zone.to - zone.from)}%`;
    return word;
  });
  parts.zones.replaceChildren(make("span", {}, ...shares));
  const best = Math.max(...rows.map(({ after }) => after));
  parts.rows.replaceChildren(...rows.map((row) => makeLevel(row, zones, row.after === best)));
}

function makeLevel({ name, before, after, told }, zones, best) {
  const bar = (kind, share) => {
    const node = make("span", { class: kind });
    node.style.width = `${100 * share}%`;
    return node;
  };
  const edges = zones.slice(1).map((zone) => {
    const edge = make("span", { class: "edge" });
    edge.style.left = `${100 * zone.from}%`;
    return edge;
  });
  return make("li", best ? { class: "best" } : {},
    make("span", { class: "name" }, name),
    make("span", { class: "track" }, bar("before", before), bar("after", after), ...edges),
    make("span", { class: "told" }, ...told.map((text) => make("span", {}, text))));
}
