// A chart of several panels with one legend: what is pointed at in one of them is marked in all that share its x axis.

function parseCurves(bytes) {
  const chart = parsePacked(bytes);
  if (chart.version !== 1) throw new Error(`Curves read version 1 of their data, not ${chart.version}.`);
  for (const { series } of chart.panels) {
    for (const each of series) [each.x, each.y] = [chart.arrays[each.x], chart.arrays[each.y]];
  }
  return chart;
}

function createCurves(root) {
  const parts = partsOf(root);
  let chart, bytes, palette;
  let views = []; // of each panel its canvas, readout and scene
  let [held, hovered] = [null, null]; // names of the legend
  let entered = ""; // what stands in the legend
  let place = null; // what is pointed at, and in which panel

  function show(newBytes) {
    const newPalette = readPalette(root);
    const same = bytes && sameNumbers(bytes, newBytes) && JSON.stringify(newPalette) === JSON.stringify(palette);
    if (same) return;
    [bytes, chart] = [newBytes, parseCurves(newBytes)];
    const style = getComputedStyle(root);
    palette = { ...newPalette, of: (name) => style.getPropertyValue(`--${name}`).trim() };
    [place, hovered] = [null, null];
    write();
    layOut();
  }

  function write() {
    root.style.setProperty("--height", `${chart.height}px`);
    if (views.length !== chart.panels.length) {
      views = chart.panels.map((_, number) => makeView(number));
      parts.panels.replaceChildren(...views.map(({ figure }) => figure));
    }
    chart.panels.forEach(({ title, meaning, summary }, number) => {
      const { head, hint, canvas } = views[number];
      setText(head, title);
      setText(hint, meaning);
      [head.hidden, hint.hidden] = [!title, !meaning];
      canvas.setAttribute("aria-label", summary);
    });
    writeLegend();
  }

  function writeLegend() {
    const entries = new Map();
    for (const { name, legend, colour, dash, mark, hollow, faint } of chart.panels.flatMap(({ series }) => series)) {
      if (legend && !entries.has(name)) entries.set(name, { name, colour, dash, mark, hollow, faint });
    }
    if (!entries.has(held)) held = null;
    parts.legend.hidden = entries.size < 2;
    const looks = [...entries.values()];
    if (JSON.stringify(looks) === entered) return;
    parts.legend.replaceChildren(...looks.map(makeEntry));
    entered = JSON.stringify(looks);
  }

  function makeEntry({ name, colour, dash, mark, hollow, faint }) {
    const ink = `var(--${colour})`;
    const sample = make("svg", { viewBox: "0 0 34 12", "aria-hidden": "true" });
    const pattern = faint ? "none" : DASHES[dash]?.join(" ");
    const thin = faint ? { "stroke-width": 1.2 } : {};
    if (dash) sample.append(make("path", { d: "M0 6H34", stroke: ink, "stroke-dasharray": pattern, ...thin }));
    if (mark !== null) {
      const look = hollow ? { stroke: ink, "stroke-width": 0.4 } : { fill: ink };
      sample.append(make("path", { d: shapeOf(mark), transform: "translate(17 6) scale(4)", ...look }));
    }
    const entry = make("button", { type: "button", "data-name": name }, sample, name);
    const hover = (which) => {
      hovered = which;
      paint();
    };
    for (const type of ["pointerenter", "focus"]) entry.addEventListener(type, () => hover(name));
    for (const type of ["pointerleave", "blur"]) entry.addEventListener(type, () => hover(null));
    entry.addEventListener("click", () => {
      held = held === name ? null : name;
      paint();
    });
    return entry;
  }

  function makeView(number) {
    const canvas = make("canvas", { role: "img", tabindex: "0" });
    const readout = make("output", { hidden: "" });
    const [head, hint] = [make("b"), make("p", { class: "hint" })];
    const frame = make("div", { class: "frame" }, canvas, readout);
    const figure = make("figure", {}, make("figcaption", {}, head), frame, hint);
    for (const type of ["pointermove", "pointerdown"]) {
      canvas.addEventListener(type, (event) => {
        const [left, top] = pointerIn(canvas, event);
        point(lookAt(chart.panels[number], views[number].scene, left, top), number, top);
      });
    }
    for (const type of ["pointerleave", "blur"]) canvas.addEventListener(type, () => point(null));
    canvas.addEventListener("keydown", (event) => walk(event, number));
    return { figure, head, hint, canvas, readout, scene: null };
  }

  function layOut() {
    for (const [number, view] of views.entries()) {
      const { clientWidth: width, clientHeight: height } = view.canvas;
      if (!width) return;
      view.scene = panelScene(chart.panels[number], width, height);
    }
    paint();
  }

  function point(found, number, top) {
    place = found && { ...found, number, top };
    paint();
  }

  function paint() {
    if (!views.every(({ scene }) => scene)) return;
    const lifted = hovered ?? place?.name ?? held;
    for (const entry of parts.legend.children) {
      entry.classList.toggle("lifted", entry.dataset.name === lifted);
      setPressed(entry, entry.dataset.name === held);
    }
    for (const [number, { canvas, scene, readout }] of views.entries()) {
      const panel = chart.panels[number];
      const context = fitCanvas(canvas, scene.width, scene.height);
      context.clearRect(0, 0, scene.width, scene.height);
      paintPanel(context, panel, scene, palette, lifted);
      if (place && marks(number)) paintPlace(context, panel, scene, place, palette);
      const told = place?.number === number;
      showReadout(readout, told ? tellPlace(panel, place) : null, told ? leftOfPlace(scene) : 0, place?.top);
    }
  }

  const leftOfPlace = ({ x }) => x(place.series ? place.series.x[place.point] : place.at);

  function marks(number) {
    if (place.number === number) return true;
    const [here, there] = [chart.panels[number], chart.panels[place.number]];
    return !here.scattered && !there.scattered && here.x.title === there.x.title;
  }

  /** With the arrow keys through the panel, in about 50 steps, or point by point where they are scattered. */
  function walk(event, number) {
    const step = { ArrowLeft: -1, ArrowRight: 1, Home: -Infinity, End: Infinity }[event.key];
    const { scene } = views[number];
    const panel = chart.panels[number];
    if (!step || !scene) return;
    event.preventDefault();
    const here = place?.number === number ? place : null;
    const next = (from, last, by = 1) => Math.min(Math.max(from + step * by, 0), last);
    if (panel.scattered) {
      const points = panel.series.filter(({ told }) => told !== "")
        .flatMap((series) => Array.from(series.x, (_, i) => pointOf(series, i)));
      const from = here ? points.findIndex(({ series, point }) => series === here.series && point === here.point) : -1;
      const found = points[next(from, points.length - 1)];
      return point(found ?? null, number, found && scene.y(found.series.y[found.point]));
    }
    const from = here ? nearestIndex(scene.grid, here.at) : -1;
    const at = scene.grid[next(from, scene.grid.length - 1, here ? Math.ceil(scene.grid.length / 50) : 1)];
    point(at === undefined ? null : { at, name: null }, number, scene.plot.y + 70);
  }

  new ResizeObserver(() => chart && layOut()).observe(root);
  return { show };
}

export default mountOnce(".nn-curves", null, createCurves);
