// A table of counts, each a button. The arrow keys move between them, a click or Enter picks one.

const STEPS = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };
const WIDE = 2; // characters of a name that stands upright above its column

function createMatrix(root, carrier) {
  const { head, body, table } = partsOf(root);
  let names = [];
  let chosen = null; // [row, column]; null as long as the visitor has picked none
  let first, buttons;

  function build() {
    const title = (name, scope) => make("th", { scope, class: "class", title: name }, make("span", {}, name));
    const axes = make("td", { class: "axes" }, "true ↓", make("br"), "read as →");
    head.replaceChildren(make("tr", {}, axes, ...names.map((name) => title(name, "col"))));
    buttons = names.map(() => names.map(() => make("button", { type: "button" })));
    const row = (cells, i) => make("tr", {}, title(names[i], "row"), ...cells.map((cell) => make("td", {}, cell)));
    body.replaceChildren(...buttons.map(row));
    root.classList.toggle("long", names.some((name) => name.length > WIDE));
    if (!chosen?.every((place) => place < names.length)) chosen = null;
  }

  function show(bytes) {
    const { header } = openContainer(bytes);
    if (header.version !== 1) throw new Error(`The matrix reads version 1 of its data, not ${header.version}.`);
    table.setAttribute("aria-label", header.label);
    const same = JSON.stringify(header.names) === JSON.stringify(names);
    ({ names, first } = header);
    if (!same) build();
    const most = Math.max(1, ...header.counts.flatMap((row, i) => row.filter((_, j) => i !== j)));
    each((button, i, j) => {
      const count = header.counts[i][j];
      setText(button, count ? count.toLocaleString("en") : "");
      button.className = i === j ? "right" : "";
      button.style.setProperty("--share", Math.log1p(count) / Math.log1p(most)); // one mistake can be seen beside fifty
      button.setAttribute("aria-label", `${names[i]} read as ${names[j]}: ${count}`);
    });
    press();
  }

  const each = (act) => buttons.forEach((row, i) => row.forEach((button, j) => act(button, i, j)));

  /** The one that is picked, and the one that the tab key reaches. */
  function press() {
    const [row, column] = chosen ?? first;
    const focused = root.getRootNode().activeElement;
    const reached = body.contains(focused) ? focused : buttons[row][column];
    each((button, i, j) => {
      setPressed(button, i === row && j === column);
      button.tabIndex = button === reached ? 0 : -1;
    });
  }

  function placeOf(node) {
    const button = node.closest("button");
    const row = buttons.findIndex((each) => each.includes(button));
    return row < 0 ? null : [row, buttons[row].indexOf(button)];
  }

  body.addEventListener("click", ({ target }) => {
    const place = placeOf(target);
    if (!place) return;
    chosen = place;
    press();
    carrier.send(place);
  });

  body.addEventListener("keydown", (event) => {
    const [place, step] = [placeOf(event.target), STEPS[event.key]];
    if (!place || !step) return;
    event.preventDefault();
    event.stopPropagation();
    buttons[place[0] + step[0]]?.[place[1] + step[1]]?.focus();
    press();
  });

  return { show };
}

export default mountOnce(".nn-matrix", "cell", createMatrix);
