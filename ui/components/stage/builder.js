// The hands on the network's shape: plus and minus for layers and neurons, and which input features it sees. All of it
// sends wishes; the drawing changes when the run with the new shape is there.

const FIRST_UNITS = 4; // of a hidden layer where there was none
const COUNT_PITCH = 58; // pixels between columns from which there is room for "16 nodes"

/** The layers' sizes with one neuron more or less in one of them; null at a limit. */
function resized(hidden, layer, by, { units: most }) {
  const sizes = hidden.map((units, at) => (at === layer ? units + by : units));
  return sizes.every((units) => units >= 1 && units <= most) ? sizes : null;
}

/** The same with a layer more or less at the end. */
function relayered(hidden, by, { layers: most }) {
  if (by < 0) return hidden.length ? hidden.slice(0, -1) : null;
  return hidden.length < most ? [...hidden, hidden.at(-1) ?? FIRST_UNITS] : null;
}

/** The features with one of them taken in or left out, in the order of the table; null where none would be left. */
function refeatured(features, name) {
  const names = Object.keys(FEATURES).filter((one) => features.includes(one) !== (one === name));
  return names.length ? names : null;
}

const LESS = "Trains a smaller network: it can draw fewer lines, and may no longer solve the problem";
const MORE_UNITS = "Trains a network with one node more here: it can draw one line more, and takes longer";
const MORE_LAYERS = "Trains a network with one layer more: it can combine the shapes of the last one, and takes longer";
const INPUTS_HELP = "Opens the list of what the network is given to see: with x₁x₂ or a square it may need fewer nodes";

/** What a press on an input does. */
const featureHelp = (name, isIn) => (isIn
  ? `Trains the network without ${featureName(name)}: it has to do with the other inputs`
  : `Trains the network with ${featureName(name)} as an input too: it can tell apart what differs in that`);

/** "3 nodes" */
const nodesText = (units) => `${units} node${units === 1 ? "" : "s"}`;

/** A count between a minus and a plus, and what more of it means. `press(-1 | 1)` is called for the buttons. */
function makeStepper(label, help, press) {
  const count = make("span", { class: "count" });
  const button = (by, text, said) => {
    const title = by < 0 ? LESS : help;
    const node = make("button", { type: "button", "aria-label": `${said} ${label}`, title }, text);
    node.addEventListener("click", () => press(by));
    return node;
  };
  const [less, more] = [button(-1, MINUS, "One less:"), button(1, "+", "One more:")];
  const node = make("div", { class: "stepper", role: "group", "aria-label": label }, less, count, more);
  return { node, count, less, more };
}

/**
 * `head` and `over` (above the columns of the drawing) are to be put in place; load() writes a run's shape into them.
 * @param {Actions} actions
 */
function createBuilder(actions) {
  let network, limits;
  const hidden = () => network.sizes.slice(1, -1);
  const wishLayers = (sizes) => sizes && actions.wish({ do: "layers", sizes });
  const layers = makeStepper("hidden layers", MORE_LAYERS, (by) => wishLayers(relayered(hidden(), by, limits)));
  const columns = make("div");
  const open = make("button", { type: "button", class: "inputs", "aria-expanded": "false" }, "Inputs");
  open.title = INPUTS_HELP;
  const chooser = make("div", {
    class: "chooser", role: "group", "aria-label": "Inputs of the network", tabindex: "-1", hidden: "",
  });
  const over = make("div", { class: "steppers" }, open, chooser, columns);

  for (const name of Object.keys(FEATURES)) {
    const button = make("button", { type: "button" }, featureName(name));
    button.addEventListener("click", () => {
      const names = refeatured(network.features, name);
      if (names) actions.wish({ do: "features", names });
    });
    chooser.append(button);
  }

  function show(isOpen) {
    chooser.hidden = !isOpen;
    open.setAttribute("aria-expanded", isOpen);
  }

  open.addEventListener("click", () => show(chooser.hidden));
  over.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || chooser.hidden) return;
    event.preventDefault();
    show(false);
    open.focus();
  });
  over.addEventListener("focusout", ({ relatedTarget }) => over.contains(relatedTarget) || show(false));

  /** @param {{x: number}[]} places the columns of the drawing, inputs first */
  function load(run, places) {
    ({ network, limits } = run);
    const sizes = hidden();
    layers.count.textContent = `${sizes.length} hidden layer${sizes.length === 1 ? "" : "s"}`;
    layers.less.disabled = !relayered(sizes, -1, limits);
    layers.more.disabled = !relayered(sizes, 1, limits);
    if (columns.childElementCount !== sizes.length) {
      const resize = (layer) => (by) => wishLayers(resized(hidden(), layer, by, limits));
      columns.replaceChildren(...sizes.map((_, layer) =>
        makeStepper(`neurons in hidden layer ${layer + 1}`, MORE_UNITS, resize(layer)).node));
    }
    const pitch = places[1].x - places[0].x;
    over.style.setProperty("--pitch", `${pitch}px`);
    over.style.setProperty("--first", `${places[0].x}px`);
    sizes.forEach((units, layer) => {
      const [less, count, more] = columns.children[layer].children;
      columns.children[layer].style.left = `${places[layer + 1].x}px`;
      count.textContent = pitch < COUNT_PITCH ? units : nodesText(units);
      less.disabled = !resized(sizes, layer, -1, limits);
      more.disabled = !resized(sizes, layer, 1, limits);
    });
    Object.keys(FEATURES).forEach((name, i) => {
      const isIn = network.features.includes(name);
      setPressed(chooser.children[i], isIn);
      chooser.children[i].title = featureHelp(name, isIn);
      chooser.children[i].disabled = !refeatured(network.features, name);
    });
  }

  return { head: layers.node, over, load, close: () => show(false) };
}
