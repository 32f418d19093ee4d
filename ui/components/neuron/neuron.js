// One neuron in the visitor's hands: three sliders, the half-plane they make, and the numbers of the four corners.

const NEURON_MAP = { most: 80, work: 20_000 };
const KNOBS = ["w₁", "w₂", "b"];
const CORNER = 9; // pixels, about the radius of a mark
const ENDS = 2; // steps of an axis: its ticks are 0 and 1
const ZERO_ONE = { zero: 0, unit: 1 }; // an axis that shows coordinates as they are

function parseNeuron(bytes) {
  const given = parsePacked(bytes);
  if (given.version !== 2) throw new Error(`The neuron reads version 2 of its data, not ${given.version}.`);
  return given;
}

function createNeuron(root) {
  const parts = partsOf(root);
  const field = document.createElement("canvas");
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
    const marks = given.classes.map((_, k) => makeClassMark(given, k, palette));
    parts.key.replaceChildren(makeChances(given, marks, palette));
    setText(parts.share, `${probabilityOf(given, 1)}, σ(z)`);
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
    const { left, right, top, bottom } = MAP_MARGIN;
    const height = side - left - right + top + bottom; // a square plot
    const plot = plotWithin(MAP_MARGIN, side, height);
    parts.map.style.height = `${height}px`;
    const context = fitCanvas(parts.map, side, height);
    context.clearRect(0, 0, side, height);
    paintMap(field, weights, plot.width);
    context.drawImage(field, plot.x, plot.y, plot.width, plot.height);
    const axes = ["x₁", "x₂"].map((title) => ({ title, ...ZERO_ONE }));
    paintAxes(context, { plot, width: side, height, domain: given.domain, axes, steps: ENDS }, palette);
    for (const corner of corners()) paintCorner(context, plot, corner);
  }

  /** A corner: its mark says what is wanted there, its coordinates stand below. */
  function paintCorner(context, plot, [x1, x2, target]) {
    const stamp = makeStamp(shapeOf(target), colourOf(palette, target), palette.contrast, CORNER, false);
    const [x, y] = [leftOf(x1, plot, given.domain), topOf(x2, plot, given.domain)];
    context.drawImage(stamp.canvas, x - stamp.side / 2, y - stamp.side / 2, stamp.side, stamp.side);
    context.font = `600 12px ${palette.font}`;
    context.textAlign = "center";
    context.textBaseline = "top";
    haloText(context, `(${x1}, ${x2})`, x, y + CORNER + 5, palette.contrast, palette.outline);
  }

  new ResizeObserver(() => given && parts.map.clientWidth !== side && paint()).observe(parts.map);
  return { show };
}

export default mountOnce(".nn-neuron", null, createNeuron);
