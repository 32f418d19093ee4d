// The network, drawn and alive: a map of the plane for every neuron, every weight as a line, every bias as a square.
//
// Blue is positive and orange negative, as everywhere; negative weights are dashed too, and a bias shows its sign. All
// of it is one canvas. Over it lie buttons without a look of their own, for keys and for those who listen; the pointer
// goes by the geometry of the drawing.

const MOST_LINKS = 200; // drawn at once; the weaker ones are counted
const LINK_WIDTH = { thin: 0.8, thick: 8 };
const SOLID = [];
const LEGIBLE = 40; // pixels a side of a map that has room for a name on it
const COUNT_ROOM = 18; // below the drawing, for the number of weights left out
const FADED = 0.1; // opacity of what does not belong to the neuron or weight pointed at
const CURVE_STEPS = 16; // of a line, to find it under the pointer

/**
 * The drawing, in the stage's contract: load() takes a run and colours, paint() what is shown.
 * @param {HTMLElement} container
 * @param {object} actions the stage's
 */
function createNetwork(container, actions) {
  const canvas = make("canvas", { "aria-hidden": "true" });
  const [maps, mask, names] = ["canvas", "canvas", "canvas"].map((tag) => document.createElement(tag));
  maps.getContext("2d", { willReadFrequently: true }); // put together from pixels: it stays in memory
  const buttons = make("div");
  const tip = make("output", { class: "readout", hidden: "" });
  const rest = make("p", { class: "rest" });
  const drawing = make("div", {
    class: "drawing", role: "group", "aria-label": "The network. Arrow keys move between its neurons.",
  }, canvas, buttons, tip, rest);
  const builder = createBuilder(actions);
  const title = make("b");
  const change = make("button", { type: "button", title: "Change this neuron's weights and its bias" }, "Edit weights");
  const formula = make("p", { class: "formula" });
  const worked = make("output");
  const box = make("div", { class: "explained" }, make("div", { class: "row" }, title, change), formula, worked);
  const root = make("div", { class: "network" },
    make("div", { class: "row head" }, builder.head, makeNetworkKey()), builder.over, drawing, box);
  container.append(root);
  const editor = createEditor(root, actions, () => change.focus({ preventScroll: true }));

  let run, palette, shades, scene;
  let answerScale = 1, largestWeight = 1; // of this run: what has the strongest colour, and the widest line
  let drawn = ""; // what the scene was made of
  let shown = null; // the stage's, as last painted
  let looked = null; // the neuron whose formula stands below: the last one pointed at
  let pointed = {}; // what is under the pointer: a `neuron`, or the `index` of a parameter
  let asked = ""; // the place and parameter whose gradient was asked for
  const tiles = new Map(); // by side: room for the pixels of one map

  const markedIndex = () => editor.index ?? pointed.index ?? null;
  const sideways = (value) => (value > 0 ? palette.classes[1] : value < 0 ? palette.classes[0] : palette.neutral);

  // --- what does not depend on the epoch ---

  function load(newRun, newPalette) {
    const { sizes, features } = newRun.network;
    if (run && String(sizes) !== String(run.network.sizes)) editor.close();
    if (run && sizes.length !== run.network.sizes.length) looked = null; // its layer is another one now
    [run, palette] = [newRun, newPalette];
    answerScale = largestTarget(run);
    largestWeight = Math.max(2, Math.min(10, largestSize(run.arrays.parameters, 0, run.arrays.parameters.length)));
    const width = drawing.clientWidth;
    root.classList.toggle("tight", width / sizes.length < 84);
    const height = drawing.clientHeight;
    const sketch = JSON.stringify([sizes, features, run.task, run.limits, outputNames(), width, height, palette]);
    if (sketch === drawn || !width) return;
    drawn = sketch;
    shades = makeShades(palette, Math.max(2, classCount(run)));
    arrange(width, height);
  }

  function arrange(width, height) {
    const { sizes } = run.network;
    const context = fitCanvas(canvas, width, height);
    const [before, after] = [run.network.features.map(featureName), outputNames()].map((texts) => {
      context.font = `13px ${palette.font}`;
      return Math.ceil(Math.max(...texts.map((text) => context.measureText(text).width))) + 12;
    });
    const weights = sizes.slice(1).reduce((sum, units, layer) => sum + units * sizes[layer], 0);
    const room = { width, height: height - (weights > MOST_LINKS ? COUNT_ROOM : 0), left: before, right: after };
    const columns = layOut(sizes, room);
    const [frames, biases] = [new Path2D(), []];
    columns.forEach(({ x, side, ys }, column) => {
      ys.forEach((y, unit) => {
        frames.roundRect(x - side / 2, y - side / 2, side, side, Math.min(6, 0.18 * side));
        if (!column) return;
        const index = parameterIndex(sizes, { layer: column - 1, unit }, sizes[column - 1]);
        const base = Math.max(6, Math.min(11, 0.24 * side));
        biases.push({ index, x: x - side / 2, y: y + side / 2 - 1, base, near: Math.min(1.2 * base, 0.5 * side) });
      });
    });
    const links = layLinks(columns, sizes);
    const thick = Math.min(LINK_WIDTH.thick, 0.3 * Math.min(...columns.map(({ side }) => side)));
    const sorting = new Float64Array(links.length);
    scene = { width, height, columns, frames, biases, links, thick, sorting, dash: [0, 0] };
    fitCanvas(maps, width, height).clearRect(0, 0, width, height);
    paintLayer(mask, width, height, (layer) => layer.fill(frames));
    paintLayer(names, width, height, paintNames);
    placeButtons();
    builder.load(run, columns);
    if (!looked || !buttonOf(looked)) looked = { layer: sizes.length - 2, unit: 0 };
  }

  function outputNames() {
    if (run.task === "regression") return [cutShort(run.axes[2].title, 10)];
    if (run.task === "binary") return [`p(${cutShort(run.classes[1], 8)})`];
    return run.classes.map((name) => cutShort(name, 10));
  }

  /** Features to the left, classes to the right. */
  function paintNames(context) {
    const [first, last] = [scene.columns[0], scene.columns.at(-1)];
    context.font = `italic 13px ${palette.font}`;
    context.fillStyle = palette.ink;
    context.textBaseline = "middle";
    context.textAlign = "right";
    run.network.features.forEach((name, unit) => {
      context.fillText(featureName(name), first.x - first.side / 2 - 8, first.ys[unit]);
    });
    context.textAlign = "left";
    context.font = `13px ${palette.font}`;
    outputNames().forEach((name, unit) => context.fillText(name, last.x + last.side / 2 + 7, last.ys[unit]));
  }

  /** A button on every neuron but the inputs, column by column; one of them takes part in the page's order of tabs. */
  function placeButtons() {
    const { sizes } = run.network;
    const made = sizes.slice(1).flatMap((units, layer) => Array.from({ length: units }, (_, unit) => {
      const { x, side, ys } = scene.columns[layer + 1];
      const style = `left:${x - side / 2}px;top:${ys[unit] - side / 2}px;width:${side}px;height:${side}px`;
      const button = make("button", { type: "button", tabindex: "-1", style });
      button.addEventListener("focus", () => {
        for (const other of buttons.children) other.tabIndex = other === button ? 0 : -1;
        looked = { layer, unit };
        pointed = {};
        writeLabel({ layer, unit });
        actions.focus({ layer, unit }, false);
      });
      button.addEventListener("blur", () => actions.focus(null, false));
      button.addEventListener("click", () => actions.focus({ layer, unit }, true));
      button.addEventListener("keydown", (event) => onKey(event, { layer, unit }));
      return button;
    }));
    buttons.replaceChildren(...made);
    made[0].tabIndex = 0;
  }

  function buttonOf({ layer, unit }) {
    const { sizes } = run.network;
    if (unit >= sizes[layer + 1]) return undefined;
    return buttons.children[sizes.slice(1, layer + 1).reduce((sum, units) => sum + units, unit)];
  }

  // --- a frame ---

  function paint(newShown) {
    shown = newShown;
    if (!scene || shown.run !== run) return;
    const marked = markedIndex();
    looked = marked !== null ? parameterPlace(run.network.sizes, marked) : (shown.focus ?? looked);
    const { width, height } = scene;
    const context = fitCanvas(canvas, width, height);
    context.clearRect(0, 0, width, height);
    paintLinks(context, marked);
    paintMaps(context);
    paintBiases(context, marked);
    paintEdits(context);
    context.drawImage(names, 0, 0, width, height);
    paintSources(context);
    writeFormula(marked);
    writeTip();
    askForSlope(marked);
    editor.paint(run, shown.parameters, editor.index === null ? "" : slopeInWords(editor.index));
    if (!shown.moving) writeLabels();
  }

  /** The strongest weights, and always those of the neuron or weight looked at. */
  function paintLinks(context, marked) {
    const { links, sorting, thick, dash } = scene;
    const { parameters, focus } = shown;
    const least = leastDrawn(links, parameters, MOST_LINKS, sorting);
    let left = links.length;
    for (const link of links) {
      const weight = parameters[link.index];
      const own = link.index === marked || (focus !== null && touches(link, focus));
      link.drawn = Number.isFinite(weight) && (own || Math.abs(weight) >= least);
      if (!link.drawn) continue;
      left -= 1;
      context.globalAlpha = own ? 1 : focus ? FADED : marked !== null ? 3 * FADED : 0.85;
      context.strokeStyle = sideways(weight);
      context.lineWidth = LINK_WIDTH.thin + (thick - LINK_WIDTH.thin) * shareOf(weight, largestWeight);
      [dash[0], dash[1]] = [4 + 1.2 * context.lineWidth, 2.5 + 0.6 * context.lineWidth];
      context.setLineDash(weight < 0 ? dash : SOLID);
      context.stroke(link.path);
    }
    context.globalAlpha = 1;
    context.setLineDash(SOLID);
    setText(rest, left ? `${formatCount(left)} more, weaker` : "");
  }

  function paintMaps(context) {
    const { width, height, columns, frames } = scene;
    const onMaps = maps.getContext("2d", { willReadFrequently: true });
    const density = maps.width / width;
    columns.forEach(({ x, side, ys }, column) => {
      const pixels = Math.round(side * density);
      if (!tiles.has(pixels)) tiles.set(pixels, new ImageData(pixels, pixels));
      const image = tiles.get(pixels);
      const room = new Uint32Array(image.data.buffer);
      for (let unit = 0; unit < ys.length; unit++) {
        paintTile(room, pixels, run, { layer: column - 1, unit }, shown.field, shades, answerScale);
        onMaps.putImageData(image, Math.round((x - side / 2) * density), Math.round((ys[unit] - side / 2) * density));
      }
    });
    onMaps.globalCompositeOperation = "destination-in"; // rounds all corners at once
    onMaps.drawImage(mask, 0, 0, width, height);
    onMaps.globalCompositeOperation = "source-over";
    context.drawImage(maps, 0, 0, width, height);
    context.strokeStyle = palette.neutral;
    context.lineWidth = 1;
    context.stroke(frames);
    const { x, side, ys } = columns[looked.layer + 1];
    context.strokeStyle = palette.accent;
    context.lineWidth = shown.focus ? 3 : 1.5;
    context.beginPath();
    const around = side + 4;
    context.roundRect(x - around / 2, ys[looked.unit] - around / 2, around, around, Math.min(8, 0.25 * around));
    context.stroke();
  }

  /** A square each, with a minus or a plus where there is room: larger for a larger bias. */
  function paintBiases(context, marked) {
    for (const { index, x, y, base } of scene.biases) {
      const value = shown.parameters[index];
      const half = Math.round(base * (0.7 + 0.7 * shareOf(value, largestWeight))) / 2;
      context.fillStyle = sideways(value);
      context.strokeStyle = index === marked ? palette.accent : palette.contrast;
      context.lineWidth = index === marked ? 3 : 1.5;
      context.beginPath();
      context.rect(x - half, y - half, 2 * half, 2 * half);
      context.fill();
      context.stroke();
      if (half < 3.5 || !value) continue;
      context.strokeStyle = palette.contrast;
      context.lineWidth = 1.5;
      context.beginPath();
      context.moveTo(x - half + 2, y);
      context.lineTo(x + half - 2, y);
      if (value > 0) context.moveTo(x, y - half + 2);
      if (value > 0) context.lineTo(x, y + half - 2);
      context.stroke();
    }
  }

  /** A dot on every weight that was edited by hand, from the epoch on at which it was. */
  function paintEdits(context) {
    context.fillStyle = palette.contrast;
    context.strokeStyle = palette.outline;
    context.lineWidth = 2;
    for (const [epoch, index] of run.edits) {
      if (epoch > shown.epoch) continue;
      const { x, y } = spotOf(index);
      context.beginPath();
      context.arc(x, y, 4, 0, 2 * Math.PI);
      context.fill();
      context.stroke();
    }
  }

  /** Where a parameter stands in the drawing: a weight at the middle of its line, a bias beside its square. */
  function spotOf(index) {
    const link = scene.links.find((one) => one.index === index);
    if (link) return alongLink(link, 0.5);
    const { x, y } = scene.biases.find((one) => one.index === index);
    return { x: x + 11, y };
  }

  /** What the inputs of the neuron looked at are called in its formula. */
  function paintSources(context) {
    if (!looked.layer) return; // the features have their names
    const { x, side, ys } = scene.columns[looked.layer];
    if (side < LEGIBLE) return;
    context.font = `italic 12px ${palette.font}`;
    context.textAlign = "left";
    context.textBaseline = "top";
    ys.forEach((y, unit) => {
      const [left, top] = [x - side / 2 + 4, y - side / 2 + 3];
      haloText(context, `a${subscript(unit + 1)}`, left, top, palette.contrast, palette.outline);
    });
  }

  // --- words ---

  function writeFormula(marked) {
    setText(title, neuronTitle(run, looked));
    const pieces = formulaOf(run, shown.parameters, looked, marked);
    while (formula.childElementCount > pieces.length) formula.lastChild.remove();
    pieces.forEach(({ text, index }, i) => {
      const node = formula.children[i] ?? formula.appendChild(make("span"));
      setText(node, text);
      node.classList.toggle("number", index !== undefined);
      node.classList.toggle("marked", index !== undefined && index === marked);
      node.dataset.index = index ?? "";
    });
    const at = shown.place;
    setText(worked, at
      ? `${[at.x1, at.x2].map((value, i) => `x${subscript(i + 1)} = ${formatDigits(value)}`).join(", ")}:  ` +
        workedOut(run, shown.parameters, looked, at)
      : "Point at the map to work it out there.");
  }

  /** Ask for the gradient when the picture rests: once for a parameter at a place of the run. */
  function askForSlope(index) {
    if (index === null || shown.gradient || shown.moving) return;
    const question = `${run.run} ${shown.epoch} ${index}`;
    if (asked !== question) actions.gradient();
    asked = question;
  }

  /** dL/dw of a parameter in words. */
  function slopeInWords(index) {
    if (!shown.gradient) return shown.moving ? "" : "gradient …";
    const kind = isBias(run, parameterPlace(run.network.sizes, index)) ? "dL/db" : "dL/dw";
    return `${kind} ${formatDigits(shown.gradient[index])}`;
  }

  /** At the pointer: a parameter's value and slope, or an input's meaning. Other neurons have their formula. */
  function writeTip() {
    const { index, neuron } = pointed;
    const text = index !== undefined ? parameterInWords(index) : neuron?.layer === -1 ? inputInWords(neuron.unit) : "";
    tip.hidden = !text || editor.index !== null;
    setText(tip, text);
  }

  function inputInWords(unit) {
    const feature = run.network.features[unit];
    const title = run.axes[["x1", "x2"].indexOf(feature)]?.title ?? "";
    return `input ${featureName(feature)}${title && title !== featureName(feature) ? `: ${title}` : ""}`;
  }

  function parameterInWords(index) {
    const value = `${parameterName(run, index)}\n${formatDigits(shown.parameters[index])}   ${slopeInWords(index)}`;
    const edit = run.edits.findLast(([epoch, at]) => at === index && epoch <= shown.epoch);
    return edit ? `${value}\nset to ${formatDigits(edit[2])} at epoch ${formatCount(edit[0])}` : value;
  }

  function writeLabels() {
    run.network.sizes.slice(1).forEach((units, layer) => {
      for (let unit = 0; unit < units; unit++) writeLabel({ layer, unit });
    });
  }

  function writeLabel(neuron) {
    buttonOf(neuron).setAttribute("aria-label", neuronInWords(run, shown.parameters, neuron));
  }

  // --- hands ---

  /** What of the drawing is at (x, y): a neuron, or the index of a parameter; nothing is {}. */
  function find(x, y, reach) {
    const { columns, biases, links } = scene;
    const away = (at) => Math.hypot(at.x - x, at.y - y);
    const bias = biases.find((one) => away(one) < one.near);
    if (bias) return { index: bias.index };
    for (let column = 0; column < columns.length; column++) {
      const { x: middle, side, ys } = columns[column];
      if (Math.abs(middle - x) > side / 2) continue;
      const unit = ys.findIndex((at) => Math.abs(at - y) <= side / 2);
      if (unit >= 0) return { neuron: { layer: column - 1, unit } };
    }
    let [nearest, found] = [reach, {}];
    for (const link of links) {
      if (!link.drawn || x < link.x0 || x > link.x1) continue;
      for (let step = 0; step <= CURVE_STEPS; step++) {
        const distance = away(alongLink(link, step / CURVE_STEPS));
        if (distance < nearest) [nearest, found] = [distance, { index: link.index }];
      }
    }
    return found;
  }

  function placeOf(event) {
    const box = drawing.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  }

  function pointAt(found) {
    if (found.index === pointed.index && isSameNeuron(found.neuron, pointed.neuron)) return;
    const looking = pointed.neuron?.layer >= 0;
    pointed = found;
    asked = "";
    drawing.style.cursor = found.index !== undefined || found.neuron?.layer >= 0 ? "pointer" : "";
    if (found.neuron?.layer >= 0) actions.focus(found.neuron, false);
    else if (looking) actions.focus(null, false);
    else actions.repaint();
  }

  function onPoint(event) {
    if (!scene) return;
    const { x, y } = placeOf(event);
    pointAt(find(x, y, event.pointerType === "touch" ? 16 : 9));
    writeTip();
    const left = Math.max(0, Math.min(x + 14, scene.width - tip.offsetWidth));
    const above = y - tip.offsetHeight - 12;
    tip.style.transform = `translate(${left}px, ${above >= 0 ? above : y + 18}px)`;
  }

  function onClick(event) {
    if (!scene || event.detail === 0) return; // keys press the buttons themselves
    const { x, y } = placeOf(event);
    const { index, neuron } = find(x, y, 16);
    editor.close();
    builder.close();
    if (index !== undefined) openEditor(index);
    else if (neuron?.layer >= 0) {
      buttonOf(neuron).focus({ preventScroll: true });
      actions.focus(neuron, true);
    }
  }

  function openEditor(index) {
    const { x, y } = spotOf(index);
    editor.open(index, drawing.offsetLeft + x, drawing.offsetTop + y);
  }

  /** Arrow keys move between neurons: up and down in their layer, left and right to the nearest of the next one. */
  function onKey(event, { layer, unit }) {
    const step = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
    if (!step) return;
    event.preventDefault();
    const [across, down] = step;
    const column = scene.columns[layer + 1 + across];
    const height = scene.columns[layer + 1].ys[unit];
    const to = { layer: layer + across, unit: across ? nearestIndex(column.ys, height) : unit + down };
    if (to.layer >= 0 && to.unit >= 0) buttonOf(to)?.focus();
  }

  for (const type of ["pointermove", "pointerdown"]) drawing.addEventListener(type, onPoint);
  for (const type of ["pointerleave", "pointercancel"]) drawing.addEventListener(type, () => pointAt({}));
  drawing.addEventListener("click", onClick);
  change.addEventListener("click", () => openEditor(parameterIndex(run.network.sizes, looked, 0)));
  formula.addEventListener("click", ({ target }) => target.dataset.index && openEditor(Number(target.dataset.index)));
  formula.addEventListener("pointerover", ({ target }) =>
    pointAt(target.dataset.index ? { index: Number(target.dataset.index) } : {}));
  formula.addEventListener("pointerleave", () => pointAt({}));

  return { load, paint };
}

/** What lines and squares mean. */
function makeNetworkKey() {
  const line = (name, dash) => make("svg", { viewBox: "0 0 20 8", class: name, "aria-hidden": "true" },
    make("path", { d: "M0 4H20", "stroke-width": 3, "stroke-dasharray": dash }));
  const square = make("svg", { viewBox: "0 0 12 12", class: "positive square", "aria-hidden": "true" },
    make("path", { d: "M1 1H11V11H1ZM3 6H9M6 3V9" }));
  return make("p", { class: "key-of-lines" }, make("span", {}, line("positive", "none"), "positive"),
    make("span", {}, line("negative", "6 3"), "negative"), make("span", {}, square, "bias"));
}
