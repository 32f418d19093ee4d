// The walk: where one stands, the buttons, keys and slider that move, and what is shown there. All steps are here: only
// where one has come to rest, for the link, and another point are told to the page.

const REST = 900; // milliseconds without a move, after which the page is told
const MANY_STEPS = 300; // with more of them a step is at first all that is done at a unit
const MOST_LINES = 20; // of formulas at a time
const ARROWS = "input, textarea, select, [contenteditable], [role]:not([role=link], [role=button])"; // have their own
const PART_TITLES = ["Forward", "Backward", "Batch", "Update"];

function createWalk(root, carrier) {
  const parts = partsOf(root);
  const graph = createGraph(parts.canvas);
  const chooser = createChooser(parts.map, (row) => tell({ row }));
  let walk, texts, bytes, palette;
  let at = 0, pace = "number", told = 0, resting = 0;

  async function show(newBytes) {
    const newPalette = readPalette(root);
    if (bytes && sameNumbers(bytes, newBytes) && JSON.stringify(newPalette) === JSON.stringify(palette)) return;
    [bytes, palette] = [newBytes, newPalette];
    const coming = parseWalk(newBytes);
    const itsTexts = await unpackTexts(coming.texts);
    if (bytes !== newBytes) return; // a newer one has come meanwhile
    const before = walk;
    [walk, texts] = [coming, itsTexts];
    if (!before || before.asked !== walk.asked) at = walk.at;
    else if (!before.batch !== !walk.batch) at = sameStep(before, at, walk);
    if (!before && walk.steps > MANY_STEPS) pace = "unit";
    at = Math.min(at, walk.steps - 1);
    root.dataset.depth = walk.depth;
    write();
    load();
    if (before && !before.batch !== !walk.batch && at !== walk.at) tell({ step: at });
  }

  function load() {
    graph.load(walk, palette, parts.frame.clientWidth);
    chooser.load(walk, palette);
    paint();
  }

  function tell(wish) {
    told += 1;
    carrier.send({ n: told, ...wish });
  }

  /** Stand somewhere else. */
  function go(to) {
    const wanted = Math.min(Math.max(to, 0), walk.steps - 1);
    if (wanted === at) return;
    at = wanted;
    paint();
    clearTimeout(resting);
    resting = setTimeout(() => root.isConnected && tell({ step: at }), REST);
  }

  const move = (direction) => go(paceFrom(walk, at, direction, pace));

  // --- what does not depend on the step ---

  const partButtons = PART_TITLES.map((title) => {
    const button = make("button", { type: "button", title: `To the first step of this part` }, title);
    button.addEventListener("click", () => go(firstOf(title)));
    return [title, button];
  });
  parts.parts.append(...partButtons.map(([, button]) => button));
  const paceButtons = Object.entries(PACES).map(([name, [title, help]]) => {
    const button = make("button", { type: "button", title: help }, title);
    button.addEventListener("click", () => {
      pace = name;
      paint();
      go(groupEnd(walk, at, pace));
    });
    return [name, button];
  });
  parts.paces.append(make("span", {}, "a step is a"), ...paceButtons.map(([, button]) => button));

  function firstOf(part) {
    const first = walk.arrays.kind.findIndex((kind) => walk.kinds[kind][1] === part);
    return first < 0 ? at : first;
  }

  /** What stands around the steps; all formulas of the walk have the same room, so that nothing below them moves. */
  function write() {
    const longest = Math.max(...texts.lines.map((lines) => lines.length));
    const room = 20 + (walk.batch ? 84 : 58) * longest; // the lines of a mean are taller
    parts.lines.style.setProperty("--room", `${Math.min(360, Math.max(190, room))}px`);
    parts.slider.max = walk.steps - 1;
    const where = walk.place.map((value, i) => `x${subscript(i + 1)} ${formatNumber(value)}`).join(", ");
    for (const [part, button] of partButtons) button.hidden = part === "Batch" && !walk.batch;
    const which = walk.batch ? "point of the batch" : "training point";
    const another = walk.arrays.rows.length ? ` Click another ${which} to follow that one.` : "";
    setText(parts.about, `The ring is at ${where}.${another}`);
    parts.map.setAttribute("aria-label", `The plane. The point looked at lies at ${where}.${another}`);
  }

  // --- a step ---

  /** The steps that are looked at together: all of the pace's group that are done. */
  function membersAt() {
    const members = [stepAt(walk, at)];
    const group = groupOf(walk, at, pace);
    for (let i = at - 1; i >= 0 && pace !== "number" && groupOf(walk, i, pace) === group; i--) {
      members.unshift(stepAt(walk, i));
    }
    return members;
  }

  function paint() {
    if (!walk) return;
    const [known, members] = [ledgerAt(walk, at), membersAt()];
    const step = members.at(-1);
    graph.paint(members, known);
    bringIntoSight(step);
    parts.slider.value = at;
    setText(parts.where, `${step.part} · step ${formatCount(at + 1)} of ${formatCount(walk.steps)}`);
    const name = members.length > 1 ? nameOfGroup(step) : texts.names[at];
    setText(parts.name, name);
    const leading = members.findLast(({ layer, source }) => source !== walk.network.sizes[layer - 1]) ?? step;
    setText(parts.meaning, leading.meaning); // of weights with their bias
    setText(parts.key, keyOf(step));
    parts.canvas.setAttribute("aria-label", `The network. ${name}: ${formatDigits(step.value)}`);
    parts.slider.setAttribute("aria-valuetext", `${at + 1}: ${name}`);
    writeLines(Math.min(members.length, MOST_LINES));
    writeCode(codeOf(members));
    parts.pulls.replaceChildren(...pullsOf(walk, leading));
    parts.tables.replaceChildren(...tablesOf(walk, leading, known).map((each) => make("div", {}, ...each)));
    for (const [part, button] of partButtons) setPressed(button, part === step.part);
    press(paceButtons, (name) => name === pace);
    for (const name of ["first", "back"]) parts[name].disabled = at === 0;
    for (const name of ["end", "next"]) parts[name].disabled = at === walk.steps - 1;
  }

  function keyOf({ part, name }) {
    const lines = name === "back" || part === "Forward" ? "weights"
      : part === "Backward" ? "gradients"
        : part === "Batch" ? "mean gradients where they are known, else those of this point"
          : "gradients, or new weights where they are known";
    const units = part === "Forward" ? "its signal, or its sum before that"
      : "its signal, and its error δ (← before the slope)";
    return `Lines: ${lines}; blue above zero, orange and dashed below; a square is a bias. In a unit: ${units}.`;
  }

  /** All that is done alike at a unit or in a layer, in words. */
  function nameOfGroup({ title, name, layer, unit }) {
    const { sizes } = walk.network;
    const last = layer === sizes.length - 1;
    const what = name === "bias" ? "Gradients" : name === "update" ? "New values" : title;
    if (layer < 1 || pace === "layer") {
      return `${what}: ${layer < 1 ? "all inputs" : last ? "the output layer" : `hidden layer ${layer}`}`;
    }
    const output = sizes[layer] > 1 ? `output ${unit + 1}` : "the output";
    return `${what}: ${last ? output : `unit ${unit + 1} of hidden layer ${layer}`}`;
  }

  /** The formulas of the last so many numbers. */
  function writeLines(count) {
    const blocks = [];
    for (let i = at - count + 1; i <= at; i++) {
      for (const [formula, numbers] of texts.lines[i]) {
        const [letters, worked] = ["letters", "numbers"].map((name) => make("p", { class: name, "data-part": name }));
        writeFormula(letters, formula);
        writeFormula(worked, walk.depth === "words" ? numbers : `= ${numbers}`);
        blocks.push(letters, worked);
      }
    }
    parts.lines.replaceChildren(...blocks);
    parts.lines.scrollTop = 0;
  }

  /** The functions that compute some steps, each once with all lines. */
  function codeOf(members) {
    const marked = new Map();
    for (const [source, lines] of members.flatMap(({ code }) => code)) {
      marked.set(source, new Set([...(marked.get(source) ?? []), ...lines]));
    }
    return [...marked].map(([source, lines]) => [source, [...lines]]);
  }

  /** The functions that compute it, their lines marked; made anew only where they differ. */
  function writeCode(code) {
    const wanted = JSON.stringify(code);
    if (parts.code.dataset.code === wanted) return;
    parts.code.dataset.code = wanted;
    parts.code.replaceChildren(...code.map(makeCode));
    for (const box of parts.code.querySelectorAll("pre")) {
      const mark = box.querySelector("mark");
      box.scrollTop = mark ? mark.offsetTop - box.offsetTop - 40 : 0;
    }
  }

  function makeCode([source, marked]) {
    const [file, name, first, text] = walk.sources[source];
    const lines = text.split("\n").map((line, i) => {
      const shown = line || " ";
      return marked.includes(i) ? make("mark", {}, shown) : make("span", {}, shown);
    });
    const title = `${file}, line ${formatCount(first + marked[0])}, in ${name}`;
    return make("figure", {}, make("figcaption", {}, title), make("pre", { tabindex: "0" }, ...lines));
  }

  function bringIntoSight({ layer }) {
    const { frame } = parts;
    if (frame.scrollWidth <= frame.clientWidth) return;
    frame.scrollTo({ left: graph.middleOf(layer) - frame.clientWidth / 2 });
  }

  // --- hands ---

  const moves = {
    ArrowRight: () => move(1), ArrowLeft: () => move(-1), Home: () => go(0), End: () => go(walk.steps - 1),
    PageDown: () => go(paceFrom(walk, at, 1, "layer")), PageUp: () => go(paceFrom(walk, at, -1, "layer")),
  };

  function onKey(event) {
    const act = moves[event.key];
    if (!walk || !act || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    act();
  }

  /** Left and right move also where nothing else on the page makes use of these keys. */
  function onPageKey(event) {
    const { target, key, defaultPrevented } = event;
    const taken = defaultPrevented || target.shadowRoot || target.closest(ARROWS);
    if (!root.isConnected) document.removeEventListener("keydown", onPageKey);
    else if (!taken && key.startsWith("Arrow")) onKey(event);
  }

  for (const [name, act] of [["first", "Home"], ["back", "ArrowLeft"], ["next", "ArrowRight"], ["end", "End"]]) {
    parts[name].addEventListener("click", moves[act]);
  }
  parts.slider.addEventListener("input", () => go(Number(parts.slider.value)));
  root.addEventListener("keydown", (event) => event.target !== parts.map && onKey(event));
  document.addEventListener("keydown", onPageKey);

  /** A click in the network: the next step that is about what was clicked, round and round. */
  function stepAbout(found) {
    const { layer, unit, source } = walk.arrays;
    const about = (i) => (found.link
      ? layer[i] === found.link.layer + 1 && unit[i] === found.link.unit && source[i] === found.link.input
      : layer[i] === found.layer && unit[i] === found.unit && source[i] < 0);
    for (let i = 1; i <= walk.steps; i++) if (about((at + i) % walk.steps)) return (at + i) % walk.steps;
    return at;
  }

  parts.canvas.addEventListener("click", (event) => {
    const found = walk && graph.find(...pointerIn(parts.canvas, event));
    if (found) go(stepAbout(found));
  });
  parts.canvas.addEventListener("pointermove", (event) => {
    const [x, y] = pointerIn(parts.canvas, event);
    const found = walk && graph.find(x, y);
    parts.canvas.style.cursor = found ? "pointer" : "";
    showReadout(parts.tip, found ? wordsFor(found) : null, x, y);
  });
  parts.canvas.addEventListener("pointerleave", () => showReadout(parts.tip, null));

  function wordsFor({ link, layer, unit }) {
    const known = ledgerAt(walk, at);
    const say = (name, value) => (Number.isFinite(value) ? [`${name} ${formatDigits(value)}`] : []);
    if (link) {
      const weight = walk.arrays.parameters[link.index];
      const [gradient, mean, renewed] = ["gradient", "mean", "renewed"].map((name) => known[name][link.index]);
      const lines = [...say("weight", weight), ...say("gradient", gradient)];
      return [...lines, ...(walk.batch ? say("g", mean) : []), ...say("new weight", renewed)].join("\n");
    }
    const { sizes } = walk.network;
    const bias = layer ? parameterIndex(sizes, { layer: layer - 1, unit }, sizes[layer - 1]) : -1;
    const lines = [...say("z", known.z[layer][unit]), ...say("a", known.a[layer][unit]),
      ...say("dL/da", known.sent[layer][unit]), ...say("δ", known.error[layer][unit]),
      ...say("bias", walk.arrays.parameters[bias]), ...say("new bias", known.renewed[bias])];
    return lines.join("\n") || "not known yet";
  }

  new ResizeObserver(() => walk && load()).observe(parts.frame);

  return { show };
}

export default mountOnce(".nn-walk", "wish", createWalk);
