// Pinned runs: a card each with a small map that follows the stage's time line, and the settings in which they differ.
// Nothing is decided here: a button sends a wish to Python, and the answer is the next payload.

const PINNED = { most: 56, work: 50_000 }; // the grid of one small map: up to eight of them are painted in a frame
const LONGEST_NAME = 40;

const boards = new WeakMap(); // one board per mounted component: the module is shared by all of them
let wishes = 0; // makes every wish a new state

/** The header of a payload, each of its pins with its `run`; the format stands in pins/__init__.py. */
function parsePins(bytes) {
  const { header, rest } = openContainer(bytes);
  if (header.version !== 1) throw new Error(`The pins read version 1 of their data, not ${header.version}.`);
  let start = 0;
  for (const pin of header.pins) {
    pin.run = parsePayload(rest.subarray(start, start + pin.length));
    start += pin.length;
  }
  return header;
}

const dashesOf = (colour) => PIN_DASHES[colour].join(" ");
const numberOf = (colour) => String(colour + 1);
const inColour = (node, colour) => node.style.setProperty("--pin", `var(--pin-${colour})`);

// Not `disabled`: a button that has just been pressed keeps the focus, so that the keyboard does not lose its place.
const setAble = (button, able) => button.setAttribute("aria-disabled", !able);

function onPress(button, action) {
  button.addEventListener("click", () => button.getAttribute("aria-disabled") !== "true" && action());
}

/** A click on the name opens a field in its place: Enter and going elsewhere take the new name, Escape the old one. */
function makeRenamable(button, field, rename) {
  const open = (opens) => {
    field.hidden = !opens;
    button.hidden = opens;
  };
  const finish = (takes) => {
    if (field.hidden) return;
    const [name, focused] = [field.value.trim(), field.matches(":focus")];
    open(false); // the field loses the focus here, and finds itself hidden
    if (focused) button.focus();
    if (takes && name && name !== button.textContent) rename(name);
  };
  field.maxLength = LONGEST_NAME;
  button.addEventListener("click", () => {
    field.value = button.textContent;
    open(true);
    field.select();
  });
  field.addEventListener("blur", () => finish(true));
  field.addEventListener("keydown", (event) => {
    event.stopPropagation(); // the page's shortcuts do not see that this is a text box
    if (event.key !== "Enter" && event.key !== "Escape") return;
    event.preventDefault(); // or Enter would press the button that has the focus next
    finish(event.key === "Enter");
  });
}

/** One pinned run. `wish` sends what its buttons ask for, `move` asks for a frame in which paint() is called. */
function createCard(template, colour, wish, move) {
  const node = template.content.firstElementChild.cloneNode(true);
  const parts = partsOf(node);
  let pin, place, paintMap, parameters;
  let visible = false;
  let side = 0; // of the map, in CSS pixels
  let painted = null; // which snapshot

  inColour(node, colour);
  setText(parts.number, numberOf(colour));
  parts.line.setAttribute("stroke-dasharray", dashesOf(colour)); // as the chart draws its curve
  makeRenamable(parts.name, parts.field, (name) => {
    setText(parts.name, name);
    wish("rename", { at: place, name });
  });
  onPress(parts.restore, () => wish("restore", { at: place }));
  onPress(parts.remove, () => wish("remove", { at: place }));
  onPress(parts.left, () => wish("move", { at: place, to: place - 1 }));
  onPress(parts.right, () => wish("move", { at: place, to: place + 1 }));
  const sizes = new ResizeObserver(([{ contentRect }]) => {
    side = contentRect.width;
    painted = null;
    move();
  });
  sizes.observe(parts.map);
  const sight = new IntersectionObserver((entries) => {
    visible = entries.at(-1).isIntersecting; // what is scrolled away costs nothing
    move();
  });
  sight.observe(parts.map);

  function load(newPin, newPlace, { pins, shown }, palette) {
    [pin, place] = [newPin, newPlace];
    const { run } = pin;
    paintMap = makeMapPainter(run, palette, PINNED, largestTarget(run));
    parameters = new Float64Array(run.arrays.parameters.length / run.arrays.snapshot_epochs.length);
    painted = null;
    node.classList.toggle("shown", place === shown);
    setText(parts.name, pin.name);
    setText(parts.restore, place === shown ? "On screen" : "Restore");
    setAble(parts.restore, place !== shown);
    setAble(parts.left, place > 0);
    setAble(parts.right, place < pins.length - 1);
    for (const button of node.querySelectorAll("button")) {
      button.setAttribute("aria-label", `${button.title}: ${pin.name}`);
    }
    writeFigures(pin.run);
  }

  function writeFigures(run) {
    const { loss, score } = figuresAt(run, Infinity);
    setText(parts.score, run.score);
    setText(parts["train-loss"], loss.train);
    setText(parts["test-loss"], loss.test);
    setText(parts["train-score"], score.train);
    setText(parts["test-score"], score.test);
    parts.outcome.hidden = run.outcome === null;
    if (run.outcome === null) return;
    const { word, icon } = OUTCOMES[run.outcome.name];
    setText(parts.word, word);
    parts.icon.setAttribute("d", icon);
    parts.outcome.title = run.outcome.sentence;
  }

  /** The run as it was at this epoch; beyond its end, its end. Free when that is on the canvas already. */
  function paint(epoch) {
    const epochs = pin.run.arrays.snapshot_epochs;
    const position = nearestIndex(epochs, epoch);
    if (!visible || !side || position === painted) return;
    paintMap(parts.map, parametersAt(pin.run, position, parameters), side);
    painted = position;
    const text = `epoch ${formatCount(epochs[position])}`;
    setText(parts.epoch, text);
    parts.map.setAttribute("aria-label", `Decision map of ${pin.name}, ${text}`);
  }

  function close() {
    sizes.disconnect();
    sight.disconnect();
    node.remove();
  }

  return { node, parts, load, paint, close };
}

/** What the pin button says beside it: why it cannot be pressed, or, with nothing pinned, what it is for. */
function hintOf({ pins, shown, most }) {
  if (pins.length >= most) return `${most} runs are pinned, as many as there is room for: remove one to pin another.`;
  if (shown !== null) return "The run on screen is pinned.";
  if (!pins.length) return "A pinned run stays here, and its curve in the chart, to compare with what you try next.";
  return "";
}

/** The table of the settings that differ: a row for each, a column for each run, the run on screen last. */
function makeComparison({ pins, differences }) {
  const heading = ({ name, colour }) => {
    const number = make("b", { class: "number", title: name }, numberOf(colour));
    inColour(number, colour);
    return make("th", { scope: "col" }, number, " ", make("span", {}, name));
  };
  const rows = differences.map(([title, values, now]) => make("tr", {},
    make("th", { scope: "row" }, title),
    ...values.map((value) => make("td", value === now ? {} : { class: "differs" }, value ?? "–")),
    make("td", { class: "now" }, now ?? "–")));
  const head = make("tr", {}, make("td"), ...pins.map(heading), make("th", { scope: "col", class: "now" }, "now"));
  return [make("thead", {}, head), make("tbody", {}, ...rows)];
}

/** Everything inside one mounted component. */
function createBoard(root) {
  const parts = partsOf(root);
  const cards = new Map(); // by colour, which no two pins share
  const listening = new AbortController(); // takes every listener away at once
  let board, bytes, palette, setStateValue;
  let epoch = Infinity; // of the stage's time line; until it has said so, the end
  let frame = 0;

  const wish = (what, details = {}) => setStateValue("wish", { n: ++wishes, do: what, ...details });

  function show(newBytes, newSetStateValue) {
    setStateValue = newSetStateValue;
    const newPalette = readPalette(root);
    const sameRuns = bytes && sameNumbers(bytes, newBytes);
    if (sameRuns && JSON.stringify(newPalette) === JSON.stringify(palette)) return; // every rerun of the page comes by
    palette = newPalette;
    if (!sameRuns) read(newBytes);
    arrange();
  }

  function read(newBytes) {
    const before = board?.pins.length ?? 0;
    bytes = newBytes;
    board = parsePins(bytes);
    tellPins(board.pins);
    if (board.pins.length !== before) setText(parts.status, `${board.pins.length} of ${board.most} runs pinned.`);
  }

  /** The page as the payload says, with the focus where it was, wherever that has moved. */
  function arrange() {
    const { pins, shown, most, differences } = board;
    const focused = root.getRootNode().activeElement;
    const focusedAt = [...parts.cards.children].findIndex((node) => node.contains(focused));
    for (const [colour, card] of cards) {
      if (pins.some((pin) => pin.colour === colour)) continue;
      cards.delete(colour);
      card.close();
    }
    const nodes = pins.map((pin, place) => {
      if (!cards.has(pin.colour)) cards.set(pin.colour, createCard(parts.card, pin.colour, wish, move));
      const card = cards.get(pin.colour);
      card.load(pin, place, board, palette);
      return card.node;
    });
    if (nodes.some((node, at) => parts.cards.children[at] !== node)) parts.cards.replaceChildren(...nodes);
    setAble(parts.pin, pins.length < most && shown === null);
    setText(parts.hint, hintOf(board));
    parts.comparison.hidden = !pins.length || !differences.length;
    parts.table.replaceChildren(...makeComparison(board));
    if (focusedAt >= 0) keepFocus(focused, focusedAt);
    move();
  }

  function keepFocus(focused, at) {
    const neighbour = cards.get(board.pins.at(Math.min(at, board.pins.length - 1))?.colour);
    const target = root.contains(focused) ? focused : (neighbour?.parts.remove ?? parts.pin);
    target.focus({ preventScroll: true });
  }

  /** What the stage draws in its chart. */
  function tellPins(pins) {
    const detail = pins.map(({ run, name, colour }) => ({ run, name, colour: `--pin-${colour}` }));
    window.dispatchEvent(new CustomEvent("nn-pins", { detail }));
  }

  /** Ask for a frame: any number of wishes between two frames are one repaint. */
  function move() {
    frame ||= requestAnimationFrame(() => {
      frame = 0;
      for (const card of cards.values()) card.paint(epoch);
    });
  }

  function listen(type, handler) {
    window.addEventListener(type, handler, { signal: listening.signal });
  }

  onPress(parts.pin, () => wish("pin"));
  listen("nn-epoch", ({ detail }) => {
    epoch = detail;
    move();
  });
  listen("nn-hello", () => board && tellPins(board.pins));
  window.dispatchEvent(new CustomEvent("nn-hello")); // a stage that was here before says its epoch again

  function close() {
    listening.abort();
    cancelAnimationFrame(frame);
    for (const card of cards.values()) card.close();
    tellPins([]);
  }

  return { show, close };
}

/** Called by Streamlit when the component is mounted, and again whenever its data or the theme change. */
export default function ({ parentElement, data, setStateValue }) {
  if (!boards.has(parentElement)) boards.set(parentElement, createBoard(parentElement.querySelector(".nn-pins")));
  boards.get(parentElement).show(data, setStateValue);
  return () => {
    if (parentElement.isConnected) return; // also called for a superseded call: the board is still in use
    boards.get(parentElement)?.close();
    boards.delete(parentElement);
  };
}
