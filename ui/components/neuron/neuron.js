// One neuron in the visitor's hands: three sliders, the half-plane they make, and the numbers of the four corners.

const NEURON_MAP = { most: 80, work: 20_000 };
const KNOBS = ["w₁", "w₂", "b"];
const CORNER = 9; // pixels, about the radius of a mark

function parseNeuron(bytes) {
  const given = parsePacked(bytes);
  if (given.version !== 1) throw new Error(`The neuron reads version 1 of its data, not ${given.version}.`);
  return given;
}

function createNeuron(root) {
  const parts = partsOf(root);
  let given, palette, paintMap, weights, chosen, side;
  const sliders = KNOBS.map((name, which) => makeSlider(name, which));
  parts.sliders.replaceChildren(...sliders.map(({ node }) => node));

  function makeSlider(name, which) {
    const input = make("input", { type: "range", step: "0.1", "aria-label": name });
    const value = make("b");
    input.addEventListener("input", () => {
      weights[which] = Number(input.value);
      write();
    });
    return { input, value, node: make("label", { class: "slider" }, name, input, value) };
  }

  function show(bytes) {
    const first = !given;
    given = parseNeuron(bytes);
    palette = readPalette(root);
    paintMap = makeMapPainter(given, palette, NEURON_MAP, 1);
    if (first) {
      weights = [...given.weights];
      chosen = given.chosen;
    }
    const buttons = given.tables.map(([name, title]) => {
      const button = make("button", { type: "button" }, title);
      button.addEventListener("click", () => {
        chosen = name;
        press(buttons, (one) => one === chosen);
        write();
      });
      return [name, button];
    });
    parts.tables.replaceChildren(...buttons.map(([, button]) => button));
    press(buttons, (one) => one === chosen);
    for (const { input } of sliders) {
      input.min = -given.most;
      input.max = given.most;
    }
    write();
  }

  const corners = () => given.tables.find(([name]) => name === chosen)[2];

  function write() {
    const signed = (value) => `${value < 0 ? MINUS : "+"} ${formatNumber(Math.abs(value))}`;
    sliders.forEach(({ input, value }, which) => {
      input.value = weights[which];
      setText(value, formatNumber(weights[which]));
    });
    const [w1, w2, b] = weights;
    setText(parts.formula, `z = ${formatNumber(w1)} · x₁ ${signed(w2)} · x₂ ${signed(b)}`);
    const table = corners();
    const batch = makeBatch(given.network, table.map(([x1]) => x1), table.map(([, x2]) => x2));
    const sums = { ...given.network, link: "linear" };
    const z = [...forward(sums, weights, batch)];
    const p = [...forward(given.network, weights, batch)];
    let right = 0;
    parts.rows.replaceChildren(...table.map(([x1, x2, target], i) => {
      const says = Number(p[i] > 0.5);
      right += says === target;
      const mark = says === target ? make("td", { class: "right" }, "✓") : make("td", { class: "wrong" }, "✗");
      const cells = [x1, x2, formatNumber(z[i]), formatPercent(p[i]), says, target];
      return make("tr", {}, ...cells.map((cell) => make("td", {}, String(cell))), mark);
    }));
    setText(parts.verdict, `${right} of ${table.length} right`);
    parts.map.setAttribute("aria-label", `The half-plane of the neuron: ${right} of ${table.length} corners right`);
    paint();
  }

  function paint() {
    side = Math.round(parts.map.clientWidth);
    if (!side) return;
    paintMap(parts.map, weights, side);
    const context = parts.map.getContext("2d");
    const plot = { x: 0, y: 0, width: side, height: side };
    for (const [x1, x2, target] of corners()) {
      const stamp = makeStamp(shapeOf(target), colourOf(palette, target), palette.contrast, CORNER, false);
      const [x, y] = [leftOf(x1, plot, given.domain), topOf(x2, plot, given.domain)];
      context.drawImage(stamp.canvas, x - stamp.side / 2, y - stamp.side / 2, stamp.side, stamp.side);
    }
  }

  new ResizeObserver(() => given && parts.map.clientWidth !== side && paint()).observe(parts.map);
  return { show };
}

export default mountOnce(".nn-neuron", null, createNeuron);
