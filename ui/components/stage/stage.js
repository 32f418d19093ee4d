// The stage itself, the hub of all its pictures. Start reading here.
//
// A run arrives as bytes (the format stands in stage/__init__.py). For every frame the hub fills one object, `shown`,
// evaluates the network once over the plane for everybody, and hands `shown` to the map, to the open view of the panel
// and to the time line. Nothing is asked of the server while the picture moves.
//
// A view is an object with
//   load(run, palette)   a new run, size or theme: whatever does not depend on the epoch; cheap when little has changed
//   paint(shown)         a frame
//   close()              when the stage goes (optional in the panel)
//
// Which network is shown is decided in walk.js, by five things:
//   position   which recorded snapshot; between two of them only while playing
//   guest      a network that was not recorded, shown in its place: the server's answer to a question
//   chosen     the place the visitor went to, found again in the next run; null is the end, wherever that is
//   arrival    where to go when the run that was wished for is there
//   tried      parameters being tried out by hand, over all of these, until they are part of a run
//
// With the rest of the page it speaks by wishes (state of the component: the answer is the next run) and window events:
//   event       from            to           detail
//   nn-hold     live_slider     stage        whether a control is in someone's hand: playing waits
//   nn-ask      questions.js    line.js      {n, run, epoch, updates}: the network at a place, and its gradient
//   nn-answer   line.js         questions.js the answer, a packed container as in ui/answers.py, with the question's n
//   nn-pins     pins.js         stage        [{run, name, colour}, ...]: curves to draw beneath its own
//   nn-epoch    stage           pins.js      the epoch shown
//   nn-hello    whoever comes   all          nothing: they say their last event again, for there is no order of coming
//
// The files, in the order in which they are joined to one module (their top-level names are shared):
//   page        elements of the page                  drawing     the network on a canvas
//   numbers     numbers as texts and back             network     its words and hands
//   forward     the forward pass; the bytes of a run  slice       flat pictures of the hidden space, in numbers
//   paint       colours, canvases, zero lines         hidden      the view of the hidden space
//   marks       the data as marks                     surface     the view in 3-D
//   neuron      one neuron in names and numbers       timeline    curves, flags, playhead
//   field       answers over a plane, its axes        words       the run in words
//   key         what colours and marks mean           questions   asking the server about a place
//   map         the plane                             walk        which network is shown, and getting to another
//   brushbar    buttons for painting points           figures     the words in their places on the page
//   brush       painting points                       panel       one view at a time, by tabs
//   layout      where the network's drawing stands    stage       the hub
//   builder     plus and minus on the drawing         help        what a button does, for keys
//   editor      a weight by hand

/**
 * What a frame shows.
 * @typedef {object} Shown
 * @property {object} run the run, header and arrays
 * @property {Float64Array} parameters of the network shown, flat as in nn_core.mlp
 * @property {number} epoch where it stands in the run
 * @property {boolean} moving whether more frames are to come: a coarse picture will do
 * @property {{cells: number, batch: Batch}} field the network evaluated over the plane, row by row from the top
 * @property {?{layer: number, unit: number}} focus the neuron looked at; layer 0 is the first hidden one
 * @property {?Float32Array} gradient of the loss at these parameters, once the server has told it
 * @property {?{x1: number, x2: number, ring: boolean}} place of the plane that is pointed at; ringed on the map if so
 */

/**
 * What views may ask of the hub.
 * @typedef {object} Actions
 * @property {function(?object, boolean)} focus look at a neuron, or at none; `sticky`: until it is clicked again
 * @property {function(number, ?number)} edit try a value for a parameter, with null the trained one again
 * @property {function(number[][])} commit make [[index, value], ...] part of the run
 * @property {function(object)} wish send a wish to the server; the list stands in stage/__init__.py
 * @property {function()} gradient ask for the gradient at the place shown, when the picture rests
 * @property {function(?object)} point a place of the plane is pointed at, or none
 * @property {function()} repaint ask for a frame
 */

const WISHES_KEPT = 50;
const REST_AFTER = 150; // milliseconds without motion until the fine picture and the spoken summary
const SURE = 6; // pixels along the time line after which a finger means it
const stages = new WeakMap(); // one stage per mounted component: the module is shared by all of them
let wishesSent = 0; // makes every wish a new state

/** Everything inside one mounted component. */
function createStage(root) {
  const parts = partsOf(root);
  const listening = new AbortController(); // takes every listener away at once
  const chart = { metric: "loss", logarithmic: false };
  let pressed = null; // where the time line was pressed, and whether that is meant for it
  const pointed = { place: null, epoch: null }; // under the pointer: a place of the plane, an epoch of the time line
  const painted = { frames: 0, last: 0, epoch: null };
  const shown = { // what the views paint; one object for all frames
    run: null, parameters: null, epoch: 0, moving: false, field: null, focus: null, gradient: null, place: null,
  };

  const focus = { hovered: null, stuck: null }; // neurons looked at
  const sent = []; // the last wishes, for tests
  let run, palette, send;
  let held = false; // a control of the page is in someone's hand
  let away = false; // the page is scrolled to where it cannot be seen: it plays on when it is
  let fields = {}, fieldsOf = ""; // grids over the plane by their side, and what they were made for
  let pins = [];
  let frame = 0, lastFrame = 0, restTimer = 0;

  // --- what the views may ask for ---

  const walk = createWalk({ moved: move, wish, notice: (text) => writeChip(parts.notice, parts.notice, text) });
  const actions = {
    focus(neuron, sticky = false) {
      if (sticky) focus.stuck = isSameNeuron(neuron, focus.stuck) ? null : neuron;
      focus.hovered = sticky ? null : neuron;
      move();
    },
    edit: walk.tryOut,
    commit: walk.commit,
    wish,
    gradient() {
      if (shown.gradient) return;
      walk.wantGradient();
      restSoon();
    },
    point(at) {
      pointed.place = at;
      move();
    },
    repaint: move,
  };
  const figures = createFigures(parts, walk);
  const map = createMap({ canvas: parts.map, bar: parts["map-tools"], key: parts.key }, actions);
  const panel = createPanel(parts, actions, listening.signal);
  showHelp(root, parts.help, listening.signal);
  const timeline = createTimeline(parts.time, parts.flags, { goTo: walk.goToEpoch, describe: describeMark });

  function wish(wanted) {
    if (run.fixed) return;
    sent.push(wanted);
    if (sent.length > WISHES_KEPT) sent.shift();
    send({ n: ++wishesSent, ...wanted });
  }

  // --- data and size ---

  /** @param {function(object)} newSend takes a wish to the server */
  function show(newRun, newSend) {
    run = newRun;
    send = newSend;
    root.classList.toggle("fixed", run.fixed);
    walk.load(run);
    const exists = (neuron) => neuron && neuron.unit < run.network.sizes[neuron.layer + 1];
    for (const way of ["stuck", "hovered"]) if (!exists(focus[way])) focus[way] = null;
    arrange();
  }

  /** Fit the pictures to the room there is, in the colours of the theme, and paint them. */
  function arrange() {
    const width = parts.map.parentElement.clientWidth;
    if (!run || !width) return;
    palette = readPalette(root);
    const height = width - MAP_MARGIN.left - MAP_MARGIN.right + MAP_MARGIN.top + MAP_MARGIN.bottom; // a square plot
    root.style.setProperty("--square", `${height}px`);
    panel.outdate();
    map.load(run, palette, width, height);
    loadTimeline();
    figures.load(run, chart);
    paint(true);
    if (walk.playing) move();
  }

  function loadTimeline() {
    const style = getComputedStyle(root);
    const drawn = pins.map((pin) => {
      const colour = style.getPropertyValue(pin.colour);
      return { ...pin, colour, dash: PIN_DASHES[Number(pin.colour.at(-1)) % PIN_DASHES.length] };
    });
    timeline.load(run, palette, chart, drawn, parts.slider.clientWidth, parts.time.clientHeight);
  }

  /** The grid over the plane: coarse while the picture moves, fine at rest; made when it is first needed. */
  function fieldFor(moving) {
    const { network, domain } = run;
    const made = JSON.stringify([network.sizes, network.features, domain]);
    if (made !== fieldsOf) fields = {};
    fieldsOf = made;
    const cells = cellsFor(network, moving ? MOVING : RESTING);
    return (fields[cells] ??= makeField(network, domain, cells));
  }

  // --- painting ---

  function paint(moving) {
    shown.run = run;
    shown.parameters = walk.parameters();
    shown.epoch = walk.epoch();
    shown.moving = moving;
    shown.field = fieldFor(moving);
    shown.focus = focus.hovered ?? focus.stuck;
    shown.gradient = walk.gradient();
    shown.place = pointed.place;
    forward(run.network, shown.parameters, shown.field.batch);
    map.paint(shown);
    panel.paint(shown, palette);
    timeline.paint(walk.playhead(), pointed.epoch);
    figures.paint(pointed.place);
    if (painted.epoch !== shown.epoch) tellEpoch();
    painted.frames += 1;
    painted.last = performance.now();
    if (moving) restSoon();
  }

  /** The small maps of pinned runs follow. */
  function tellEpoch() {
    painted.epoch = shown.epoch;
    window.dispatchEvent(new CustomEvent("nn-epoch", { detail: shown.epoch }));
  }

  /** Once nothing has moved for a moment: the fine picture, the summary for those who listen, and open questions. */
  function restSoon() {
    clearTimeout(restTimer);
    restTimer = setTimeout(() => {
      if (walk.playing && !held) return;
      paint(false);
      figures.writeSummary();
      walk.rest();
    }, REST_AFTER);
  }

  /** Ask for a frame: any number of wishes between two frames are one repaint. */
  function move() {
    if (!frame && palette) frame = requestAnimationFrame(onFrame); // no palette: there has been no room to paint in yet
  }

  function onFrame(now) {
    frame = 0;
    const running = walk.playing && !held && !away;
    const passed = lastFrame ? (now - lastFrame) / 1000 : 0;
    if (running) walk.advance(Math.min(passed, 0.1)); // a page in the background does not leap
    lastFrame = running ? now : 0;
    paint(true);
    if (running) move();
  }

  /** A mark of the time line was pointed at or left. */
  function describeMark(text, x) {
    showReadout(parts["time-readout"], text, x, 0);
  }

  // --- hands ---

  function listen(node, type, handler) {
    node.addEventListener(type, handler, { signal: listening.signal });
  }

  function showReadoutAt(readout, text, event) {
    const box = readout.parentElement.getBoundingClientRect();
    showReadout(readout, text, event.clientX - box.left, event.clientY - box.top);
  }

  function pointAtMap(event) {
    const away = event.type === "pointerleave" || event.type === "pointercancel";
    actions.point(away ? null : map.placeAt(event));
    showReadoutAt(parts["map-readout"], pointed.place && figures.describePlace(pointed.place), event);
  }

  function pointAtTime(event) {
    pointed.epoch = timeline.epochAt(event);
    if (event.type === "pointerdown") {
      parts.time.setPointerCapture(event.pointerId); // drags go on outside it
      pressed = { x: event.clientX, sure: event.pointerType !== "touch" };
    }
    // A finger may be on its way to scroll the page: it means the time line once it moves along it, or is lifted.
    if (pressed && (event.type === "pointerup" || Math.abs(event.clientX - pressed.x) > SURE)) pressed.sure = true;
    if (pressed?.sure) walk.goToEpoch(pointed.epoch);
    if (event.type === "pointerup") pressed = null;
    const pin = timeline.pinAt(event);
    const said = figures.describeEpoch(pointed.epoch) + (pin ? ` · ${pin.name}` : "");
    showReadoutAt(parts["time-readout"], said, event);
    move();
  }

  function leaveTime(event) {
    pointed.epoch = pressed = null;
    showReadoutAt(parts["time-readout"], null, event);
    move();
  }

  function onKey(event) {
    const inside = event.composedPath()[0];
    const taken = event.defaultPrevented || inside.matches("input, select, textarea");
    if (taken || event.ctrlKey || event.metaKey || event.altKey) return;
    const times = event.shiftKey ? 10 : 1;
    const keys = {
      " ": walk.toggle,
      ArrowLeft: () => walk.step(-times),
      ArrowRight: () => walk.step(times),
      Home: () => walk.goTo(0),
      End: walk.goToEnd,
    };
    if (!keys[event.key] || (event.key === " " && inside.matches("button"))) return; // space presses a button
    event.preventDefault(); // the page does not scroll under the keys
    keys[event.key]();
  }

  function choose(change) {
    Object.assign(chart, change);
    arrange();
  }

  function chooseStride(name) {
    walk.choose(name);
    figures.writeStride();
  }

  const clicks = {
    first: () => walk.goTo(0),
    back: () => walk.step(-1),
    play: walk.toggle,
    forward: () => walk.step(1),
    last: walk.goToEnd,
    "train-on": walk.trainOn,
    settle: walk.settle,
    "start-over": walk.startOver,
    whole: () => wish({ do: "whole" }),
    unedit: () => wish({ do: "unedit" }),
    "show-loss": () => choose({ metric: "loss" }),
    "show-score": () => choose({ metric: "score" }),
    linear: () => choose({ logarithmic: false }),
    log: () => choose({ logarithmic: true }),
    ...Object.fromEntries(Object.keys(STRIDES).map((name) => [`stride-${name}`, () => chooseStride(name)])),
  };
  for (const [name, action] of Object.entries(clicks)) listen(parts[name], "click", action);
  for (const type of ["pointermove", "pointerdown", "pointerleave", "pointercancel"]) {
    listen(parts.map, type, pointAtMap);
  }
  for (const type of ["pointermove", "pointerdown", "pointerup"]) listen(parts.time, type, pointAtTime);
  for (const type of ["pointerleave", "pointercancel"]) listen(parts.time, type, leaveTime);
  listen(parts.ask, "input", figures.writeAnswer);
  listen(parts.ask, "submit", (event) => event.preventDefault());
  listen(root, "keydown", onKey);
  const sights = new IntersectionObserver(([entry]) => {
    away = !entry.isIntersecting;
    if (walk.playing) move();
  }, { threshold: 0.1 });
  sights.observe(root);
  listen(window, "nn-hold", ({ detail }) => {
    held = detail;
    if (walk.playing) move();
  });
  listen(window, "nn-pins", ({ detail }) => {
    pins = detail;
    if (!palette) return;
    loadTimeline();
    move();
  });
  listen(window, "nn-hello", () => painted.epoch !== null && tellEpoch());
  const sizes = new ResizeObserver(arrange);
  sizes.observe(parts.slider);
  window.dispatchEvent(new CustomEvent("nn-hello")); // whoever was here before says again what I have missed

  /** For tests and measurements: what is shown, and how often it was painted. */
  root.nnStage = {
    get run() { return run.run; },
    get finished() { return run.finished; },
    get epoch() { return walk.epoch(); },
    get playing() { return walk.playing; },
    get frames() { return painted.frames; },
    get lastPaint() { return painted.last; },
    get wishes() { return sent; },
    get focused() { return focus.hovered ?? focus.stuck; },
    parameters: () => Array.from(walk.parameters()),
    gradient: () => shown.gradient && Array.from(shown.gradient),
    focus: actions.focus,
    edit: actions.edit,
    commit: actions.commit,
    askGradient: actions.gradient,
    seek: walk.goToEpoch,
    toggle: walk.toggle,
    output: (x1, x2) => Array.from(figures.outputAt(x1, x2)),
  };

  function close() {
    listening.abort();
    sizes.disconnect();
    sights.disconnect();
    walk.close();
    map.close();
    panel.close();
    cancelAnimationFrame(frame);
    clearTimeout(restTimer);
  }

  return { show, close };
}

/** Called by Streamlit when the component is mounted, and again whenever its data or the theme change. */
export default function ({ parentElement, data, setStateValue }) {
  if (!stages.has(parentElement)) stages.set(parentElement, createStage(parentElement.querySelector(".nn-stage")));
  stages.get(parentElement).show(parsePayload(data), (wish) => setStateValue("wish", wish));
  return () => {
    if (parentElement.isConnected) return; // also called for a superseded call: the stage is still in use
    stages.get(parentElement)?.close();
    stages.delete(parentElement);
  };
}
