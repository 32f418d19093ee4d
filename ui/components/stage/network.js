// The network, drawn and alive: the drawing (drawing.js), the words below it, and the hands on it. Over the canvas lie
// buttons without a look of their own, for keys and for those who listen; the pointer goes by what stands where.

const STEPPER = 84; // pixels a column that leave room for its plus and minus beside the inputs' button
const STEPPERS = 130; // the same where there are several beside each other
const NEURON_HELP = "Shows this neuron's map of the plane over the data, and keeps it there until pressed again";
const CHANGE_HELP = "Opens the weights and the bias of this neuron: what you set by hand is trained on from there";

/**
 * The view of the network, in the stage's contract: load() takes a run and colours, paint() what is shown.
 * @param {HTMLElement} container
 * @param {Actions} actions
 */
function createNetwork(container, actions) {
  const canvas = make("canvas", { "aria-hidden": "true" });
  const picture = createDrawing(canvas);
  const buttons = make("div");
  const tip = make("output", { class: "readout", hidden: "" });
  const rest = make("p", { class: "rest" });
  const drawing = make("div", {
    class: "drawing", role: "group", "aria-label": "The network. Arrow keys move between its neurons.",
  }, canvas, buttons, tip, rest);
  const builder = createBuilder(actions);
  const title = make("b");
  const change = make("button", { type: "button", title: CHANGE_HELP }, "Edit weights");
  const formula = make("p", { class: "formula" });
  const worked = make("output");
  const box = make("div", { class: "explained" }, make("div", { class: "row" }, title, change), formula, worked);
  const root = make("div", { class: "network" },
    make("div", { class: "row head" }, builder.head, makeNetworkKey()), builder.over, drawing, box);
  container.append(root);
  const editor = createEditor(root, actions, () => change.focus({ preventScroll: true }));

  let run;
  let shown = null; // the stage's, as last painted
  let looked = null; // the neuron whose formula stands below: the last one pointed at
  let pointed = {}; // what is under the pointer: a `neuron`, or the `index` of a parameter
  let asked = ""; // the place and parameter whose gradient was asked for

  const markedIndex = () => editor.index ?? pointed.index ?? null;

  // --- what does not depend on the epoch ---

  function load(newRun, newPalette) {
    const { sizes } = newRun.network;
    if (run && String(sizes) !== String(run.network.sizes)) editor.close();
    if (run && sizes.length !== run.network.sizes.length) looked = null; // its layer is another one now
    run = newRun;
    const width = drawing.clientWidth;
    root.classList.toggle("tight", width / sizes.length < (sizes.length > 3 ? STEPPERS : STEPPER));
    if (!picture.load(run, newPalette, width, drawing.clientHeight)) return;
    placeButtons();
    builder.load(run, picture.columns);
    if (!looked || !buttonOf(looked)) looked = { layer: sizes.length - 2, unit: 0 };
  }

  /** A button on every neuron but the inputs, column by column; one of them takes part in the page's order of tabs. */
  function placeButtons() {
    const { sizes } = run.network;
    const made = sizes.slice(1).flatMap((units, layer) => Array.from({ length: units }, (_, unit) => {
      const { x, side, ys } = picture.columns[layer + 1];
      const style = `left:${x - side / 2}px;top:${ys[unit] - side / 2}px;width:${side}px;height:${side}px`;
      const button = make("button", { type: "button", tabindex: "-1", style, title: NEURON_HELP });
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
    if (!picture.columns || shown.run !== run) return;
    const marked = markedIndex();
    looked = marked !== null ? parameterPlace(run.network.sizes, marked) : (shown.focus ?? looked);
    const left = picture.paint(shown, looked, marked);
    setText(rest, left ? `${formatCount(left)} more, weaker` : "");
    writeFormula(marked);
    writeTip();
    askForSlope(marked);
    editor.paint(run, shown.parameters, editor.index === null ? "" : slopeInWords(editor.index));
    if (!shown.moving) writeLabels();
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
      : `Point at the map to work it out there.${shown.focus ? " Click the node again for the output's map." : ""}`);
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
    if (!picture.columns) return;
    const { x, y } = placeOf(event);
    pointAt(picture.find(x, y, event.pointerType === "touch" ? 16 : 9));
    writeTip();
    const left = Math.max(0, Math.min(x + 14, picture.width - tip.offsetWidth));
    const above = y - tip.offsetHeight - 12;
    tip.style.transform = `translate(${left}px, ${above >= 0 ? above : y + 18}px)`;
  }

  function onClick(event) {
    if (!picture.columns || event.detail === 0) return; // keys press the buttons themselves
    const { x, y } = placeOf(event);
    const { index, neuron } = picture.find(x, y, 16);
    editor.close();
    builder.close();
    if (index !== undefined) openEditor(index);
    else if (neuron?.layer >= 0) {
      buttonOf(neuron).focus({ preventScroll: true });
      actions.focus(neuron, true);
    }
  }

  function openEditor(index) {
    if (run.fixed) return;
    const { x, y } = picture.spotOf(index);
    editor.open(index, drawing.offsetLeft + x, drawing.offsetTop + y);
  }

  /** Arrow keys move between neurons: up and down in their layer, left and right to the nearest of the next one. */
  function onKey(event, { layer, unit }) {
    const step = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
    if (!step) return;
    event.preventDefault();
    const [across, down] = step;
    const column = picture.columns[layer + 1 + across];
    const height = picture.columns[layer + 1].ys[unit];
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
