// Elements of the page: made, found by name, and written only where they differ.

const SVG = "http://www.w3.org/2000/svg";

/** An element with attributes and children (nodes or texts). */
function make(tag, attributes = {}, ...children) {
  const node = tag === "svg" || tag === "path" ? document.createElementNS(SVG, tag) : document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children);
  return node;
}

/** The parts of a piece of the page by their names. */
const partsOf = (root) =>
  Object.fromEntries([...root.querySelectorAll("[data-part]")].map((node) => [node.dataset.part, node]));

/** Write a text only when it differs: a repaint that says the same touches no page layout. */
function setText(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

const setPressed = (button, on) => button.setAttribute("aria-pressed", on);

/** Which of some buttons are down: pairs of a value and its button. */
function press(buttons, isOn) {
  for (const [value, button] of buttons) setPressed(button, isOn(value));
}

/** Show a readout at a place inside the frame it belongs to; without a text, hide it. */
function showReadout(readout, text, x, y) {
  readout.hidden = text === null;
  if (text === null) return;
  setText(readout, text);
  const left = Math.max(0, Math.min(x + 14, readout.parentElement.clientWidth - readout.offsetWidth));
  const top = Math.max(0, y - readout.offsetHeight - 12);
  readout.style.transform = `translate(${left}px, ${top}px)`;
}

/** Where a pointer event is in a node, in CSS pixels from its upper left corner. */
function pointerIn(node, { clientX, clientY }) {
  const box = node.getBoundingClientRect();
  return [clientX - box.left, clientY - box.top];
}

/** Let a select offer these options, value -> text. They are made anew only when they change. */
function offerOptions(node, options, value) {
  const offered = JSON.stringify(options);
  if (node.dataset.offered !== offered) {
    node.replaceChildren(...Object.entries(options).map(([name, text]) => make("option", { value: name }, text)));
    node.dataset.offered = offered;
  }
  node.value = value;
}

/** The mount of a component that reports one `state`, or none for null. `create(root, carrier)` makes it, once for each
 * place on the page: the module serves all places, and is called again with every change of data or theme. */
function mountOnce(selector, state, create) {
  const places = new WeakMap();
  return ({ parentElement, data, setStateValue }) => {
    if (!places.has(parentElement)) {
      const carrier = {}; // its `send` is renewed with every call
      places.set(parentElement, { carrier, piece: create(parentElement.querySelector(selector), carrier) });
    }
    const { carrier, piece } = places.get(parentElement);
    carrier.send = (value) => setStateValue(state, value);
    piece.show(data);
  };
}
