// The stage itself: which run and which epoch are shown, what moves them, and what is said beside the pictures.

const PLAYBACK_SECONDS = 6; // a whole playback, whatever the number of epochs
const SECONDS_A_SNAPSHOT = 0.25; // at most: a run of five epochs is over sooner
const REST_AFTER = 150; // milliseconds without motion until the fine picture and the spoken summary
const TABS = { network: createNetwork, hidden: createHidden, surface: createSurface };
const STRIDES = { update: { updates: 1, epochs: 0 }, epoch: { updates: 0, epochs: 1 }, epochs: { updates: 0, epochs: 10 } };
const stages = new WeakMap(); // one stage per mounted component: the module is shared by all of them
let greeted = false; // the picture moves by itself once, when the app is opened
let wishesSent = 0; // makes every wish a new state

/** Everything inside one mounted component. `send` takes a wish to the server. */
function createStage(root, send) {
  const parts = partsOf(root);
  const stillness = window.matchMedia("(prefers-reduced-motion: reduce)");
  const listening = new AbortController(); // takes every listener away at once
  const chart = { metric: "loss", logarithmic: false };
  const pointed = { place: null, epoch: null }; // under the pointer: a place of the plane, an epoch of the time line
  const painted = { frames: 0, last: 0, epoch: null };
  const shown = { // what the views paint; one object for all frames
    run: null, parameters: null, epoch: 0, moving: false, field: null, focus: null, gradient: null, place: null,
  };

  let run, palette, parameters;
  let position = 0; // which snapshot is shown; between two of them only while playing
  let guest = null; // a network between the recorded ones, shown in their place: the server's answer to a question
  let chosen = null; // the place a visitor went to, { epoch, updates }; null is the end, wherever that is
  let arrival = null; // where to go when the run that was wished for is there: { epoch, updates, plays }
  let playing = false;
  let greeting = false; // playing by itself, because the app has just been opened
  let held = false; // a control of the page is in someone's hand
  let stride = STRIDES.epoch;
  let tab = "network";
  let views = {}; // of the tabs opened so far
  let stale = new Set(); // views that have not been told of the newest run, size or colours
  let fields = {}, fieldsOf = ""; // grids over the plane by their side, and what they were made for
  let edited = new Map(); // parameter index -> value, tried out at the shown place and not yet part of the run
  let focus = { hovered: null, stuck: null }; // neurons looked at
  let gradients = new Map(), gradientWanted = false; // place -> gradient, of this run
  let updatesAnEpoch = null; // of this run, known from the first answer
  let pins = [];
  let frame = 0, lastFrame = 0, restTimer = 0;
  const sent = []; // wishes, for tests

  const epochs = () => run.arrays.snapshot_epochs;
  const end = () => epochs().length - 1;
  const lastEpoch = () => epochs()[end()];
  const place = () => guest ?? { epoch: epochs()[Math.floor(position)], updates: 0 };
  const shownEpoch = () => guest?.at ?? epochs()[Math.floor(position)];
  const samePlace = (a, b) => a.epoch === b.epoch && a.updates === b.updates;
  const nameOf = ({ epoch, updates }) => `${epoch} ${updates}`;
  const outputAt = (x1, x2) => forward(run.network, shownParameters(), makeBatch(run.network, [x1], [x2]));
  const cornerAnswers = () => (run.corners ?? []).map(([x1, x2]) => answerOf(run, outputAt(x1, x2)));

  /** Always a trained network, also while playing: a blend of two was never trained, and its loss is not on the curve.
   * Values being tried out stand in for the trained ones. */
  function shownParameters() {
    if (guest) parameters.set(guest.parameters);
    else parametersAt(run, Math.floor(position), parameters);
    for (const [index, value] of edited) parameters[index] = value;
    return parameters;
  }

  // --- what the views may ask for ---

  const actions = {
    focus(neuron, sticky = false) {
      if (sticky) focus = { hovered: null, stuck: sameNeuron(neuron, focus.stuck) ? null : neuron };
      else focus.hovered = neuron;
      move();
    },
    edit(index, value) {
      pause();
      if (value === null) edited.delete(index);
      else edited.set(index, value);
      move();
    },
    commit(changes) {
      pause();
      for (const [index, value] of changes) edited.set(index, value);
      if (guest) goToPlace({ epoch: guest.epoch, updates: 0 }); // the run is edited between epochs
      actions.wish({ do: "edit", epoch: place().epoch, changes });
      move();
    },
    wish(wish) {
      sent.push(wish);
      send({ n: ++wishesSent, ...wish });
    },
    gradient() {
      if (shown.gradient) return;
      gradientWanted = true;
      restSoon();
    },
    point(at) {
      pointed.place = at;
      move();
    },
    repaint: () => move(),
  };
  const map = createMap({ canvas: parts.map, bar: parts["map-tools"], key: parts.key }, actions);
  const timeline = createTimeline(parts.time, parts.flags, { goTo: goToEpoch, describe: describeMark });
  const questions = createQuestions({ answered: onAnswer, silent: onSilence });

  // --- data and size ---

  function show(newRun) {
    const before = run;
    const arriving = before && !before.finished; // more of the run that is already shown
    const wanted = playing && (!greeting || arriving) ? place() : chosen;
    run = newRun;
    if (!before || before.run !== run.run) {
      parameters = new Float64Array(run.arrays.parameters.length / epochs().length);
      edited.clear();
      gradients.clear();
      guest = updatesAnEpoch = null;
      questions.forget();
      if (!exists(focus.stuck)) focus.stuck = null;
      if (!exists(focus.hovered)) focus.hovered = null;
    }
    if (!before) {
      greeting = playing = !greeted && !stillness.matches && end() > 0;
      greeted = true;
      position = playing ? 0 : end();
    } else if (before.run !== run.run) {
      if (greeting && !arriving) playing = greeting = false;
      if (arrival) arrive();
      else position = wanted === null ? end() : nearestIndex(epochs(), wanted.epoch);
    }
    stale = new Set(Object.keys(TABS));
    arrange();
  }

  const focusOn = () => focus.hovered ?? focus.stuck;
  const exists = (neuron) => neuron === null || neuron.unit < run.network.sizes[neuron.layer + 1];

  /** The run that was wished for is there. */
  function arrive() {
    const { plays, ...there } = arrival;
    arrival = null;
    position = nearestIndex(epochs(), there.epoch);
    playing = plays && position < end() && !stillness.matches;
    if (plays && stillness.matches) position = end();
    else if (!plays) goToPlace(there);
  }

  /** Fit the pictures to the room there is, in the colours of the theme, and paint them. */
  function arrange() {
    const width = parts.map.parentElement.clientWidth;
    if (!run || !width) return;
    palette = readPalette(root);
    const height = width - MAP_MARGIN.left - MAP_MARGIN.right + MAP_MARGIN.top + MAP_MARGIN.bottom; // a square plot
    root.style.setProperty("--square", `${height}px`);
    map.load(run, palette, width, height);
    loadTimeline();
    writeFixedTexts();
    paint(true);
    if (playing) move();
  }

  function loadTimeline() {
    const style = getComputedStyle(root);
    const drawn = pins.map((pin) => {
      const colour = style.getPropertyValue(pin.colour);
      return { ...pin, colour, dash: PIN_DASHES[Number(pin.colour.at(-1)) % PIN_DASHES.length] };
    });
    timeline.load(run, palette, chart, drawn, parts.slider.clientWidth, parts.time.clientHeight);
  }

  /** The view of the open tab, told of the newest run. */
  function openView() {
    views[tab] ??= TABS[tab](parts[tab], actions);
    if (stale.delete(tab)) views[tab].load(run, palette);
    return views[tab];
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
    shown.parameters = shownParameters();
    shown.epoch = shownEpoch();
    shown.moving = moving;
    shown.field = fieldFor(moving);
    shown.focus = focusOn();
    shown.gradient = edited.size ? null : (gradients.get(nameOf(place())) ?? null);
    shown.place = pointed.place;
    forward(run.network, shown.parameters, shown.field.batch);
    map.paint(shown);
    openView().paint(shown);
    const next = guest ? shown.epoch : epochs()[Math.ceil(position)];
    timeline.paint(shown.epoch + (position % 1) * (next - shown.epoch), pointed.epoch);
    writeFigures();
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
      if (playing && !held) return;
      paint(false);
      writeSummary();
      askAtRest();
    }, REST_AFTER);
  }

  /** Ask for a frame: any number of wishes between two frames are one repaint. */
  function move() {
    if (!frame && palette) frame = requestAnimationFrame(onFrame); // no palette: there has been no room to paint in yet
  }

  function onFrame(now) {
    frame = 0;
    const running = playing && !held;
    if (running) {
      const whole = Math.min(PLAYBACK_SECONDS, end() * SECONDS_A_SNAPSHOT);
      const elapsed = lastFrame ? Math.min((now - lastFrame) / 1000, 0.1) : 0; // a page in the background does not leap
      position = Math.min(end(), position + (elapsed / whole) * end());
      if (position === end()) goTo(position);
    }
    lastFrame = running ? now : 0;
    paint(true);
    if (playing && !held) move();
  }

  // --- moving through the run ---

  /** Stand still at a recorded network, never at a blend of two. */
  function goTo(index) {
    settleAt(Math.max(0, Math.min(end(), Math.round(index))));
    chosen = position === end() ? null : place();
  }

  function settleAt(index) {
    playing = greeting = false;
    guest = null;
    edited.clear();
    questions.forget();
    position = index;
    writePlaying();
    move();
  }

  function goToEpoch(epoch) {
    goTo(nearestIndex(epochs(), epoch));
  }

  const pause = () => playing && goTo(position);

  function play() {
    if (guest) settleAt(position);
    if (position >= end()) position = 0;
    playing = end() > 0;
    lastFrame = 0;
    writePlaying();
    move();
  }

  const toggle = () => (playing ? goTo(position) : play());

  /** Stand still at an epoch and so many updates. What was not recorded is asked for, and shown when it comes. */
  function goToPlace(wanted) {
    const there = normalise(wanted);
    const index = nearestIndex(epochs(), there.epoch);
    if (there.updates === 0 && epochs()[index] === there.epoch) return goTo(index);
    pause();
    chosen = there;
    if (there.updates >= 0) return questions.ask({ run: run.run, ...there });
    // How many updates there are to an epoch is not known yet: any answer tells.
    questions.ask({ run: run.run, epoch: there.epoch - 1, updates: 0 }, { wanted: there });
  }

  /** The same place with its updates within an epoch, as far as the length of an epoch is known; within the run. */
  function normalise({ epoch, updates }) {
    if (updatesAnEpoch) {
      const total = epoch * updatesAnEpoch + updates;
      epoch = Math.floor(total / updatesAnEpoch);
      updates = total - epoch * updatesAnEpoch;
    }
    if (epoch < 0 || (epoch === 0 && updates < 0)) return { epoch: 0, updates: 0 };
    return epoch >= lastEpoch() && updates >= 0 ? { epoch: lastEpoch(), updates: 0 } : { epoch, updates };
  }

  /** `times` strides on, or back for negative ones, from where the visitor stands or is on the way to. */
  function step(times) {
    const here = questions.open?.wanted ?? questions.open ?? place();
    if (times > 0 && here.epoch === lastEpoch()) return trainLonger(times);
    if (stride.updates) return goToPlace({ epoch: here.epoch, updates: here.updates + times });
    const whole = here.updates && times < 0 ? here.epoch + 1 : here.epoch; // back from within an epoch is to its start
    goToPlace({ epoch: whole + times * stride.epochs, updates: 0 });
  }

  // --- training on ---

  const canGoOn = () => run.finished && !run.message;

  function trainLonger(times) {
    if (!canGoOn() || arrival) return;
    const updates = times * stride.updates;
    arrival = updates ? { epoch: lastEpoch(), updates, plays: false } : null;
    chosen = null;
    actions.wish({ do: "longer", epochs: Math.min(10, Math.max(1, times * stride.epochs)) });
  }

  function trainOn() {
    if (guest) goToPlace({ epoch: guest.epoch, updates: 0 }); // a run changes between epochs
    const { epoch } = place();
    if (position === end()) arrival = { epoch, updates: 0, plays: true };
    else if (!playing && !stillness.matches) play();
    actions.wish({ do: "train_on", epoch });
  }

  function settle() {
    goTo(end());
    actions.wish({ do: "settle" });
  }

  function startOver() {
    goTo(0);
    if (!stillness.matches) play();
    actions.wish({ do: "start_over" });
  }

  // --- questions to the server ---

  function askAtRest() {
    if (questions.open) return;
    const here = place();
    const away = chosen && !samePlace(chosen, here) && chosen.epoch < lastEpoch();
    if (away || (gradientWanted && !edited.size && !shown.gradient)) {
      questions.ask({ run: run.run, ...(away ? chosen : here) }, { quiet: away });
    }
  }

  function onAnswer(answer, { epoch, updates, wanted }) {
    notice(null);
    if (answer.run !== run.run) return;
    updatesAnEpoch = answer.updates_per_epoch;
    if (wanted) return goToPlace(wanted);
    const there = normalise({ epoch, updates });
    gradients.set(nameOf(there), answer.arrays.gradient);
    gradientWanted = false;
    if (!samePlace(there, place())) {
      position = nearestIndex(epochs(), there.epoch);
      guest = { ...there, at: answer.epoch, parameters: answer.arrays.parameters, figures: answer.figures };
      chosen = there;
    }
    move();
  }

  function onSilence({ quiet }) {
    gradientWanted = false;
    if (!quiet) notice("The server has not answered. Please try once more.");
  }

  const notice = (text) => writeChip(parts.notice, parts.notice, text);

  // --- words and figures ---

  function writeFixedTexts() {
    const title = run.score[0].toUpperCase() + run.score.slice(1);
    const unit = run.unit && ` (${run.unit})`;
    setText(parts.score, run.score);
    setText(parts["show-score"], title);
    setText(parts.axis, chart.metric === "loss" ? run.loss + unit : run.score);
    setText(parts.cost, costInWords(run));
    setText(parts.message, run.message ?? "");
    setText(parts["ask-x1-title"], run.axes[0].title);
    setText(parts["ask-x2-title"], run.axes[1].title);
    parts.truth.hidden = !run.corners;
    writeOutcome(parts, run.outcome);
    writeChip(parts.since, parts["since-text"], sinceInWords(run));
    writeChip(parts.edits, parts["edits-text"], editsInWords(run));
    press({
      "show-loss": chart.metric === "loss", "show-score": chart.metric === "score",
      linear: !chart.logarithmic, log: chart.logarithmic,
    });
    writeStride();
    parts.log.disabled = parts.linear.disabled = chart.metric === "score";
    parts.settle.disabled = !canGoOn() || (run.outcome !== null && run.outcome.name !== "learning");
    parts["train-on"].disabled = !canGoOn();
    parts.slider.setAttribute("aria-valuemin", 0);
    parts.slider.setAttribute("aria-valuemax", lastEpoch());
    writePlaying();
  }

  /** Which of a switch's buttons are down. */
  function press(pressed) {
    for (const [name, on] of Object.entries(pressed)) parts[name].setAttribute("aria-pressed", on);
  }

  function writeStride() {
    press(Object.fromEntries(Object.entries(STRIDES).map(([name, one]) => [`stride-${name}`, one === stride])));
  }

  function writePlaying() {
    parts.play.classList.toggle("playing", playing);
    parts.play.setAttribute("aria-label", playing ? "Pause" : "Play");
  }

  /** What changes from epoch to epoch. */
  function writeFigures() {
    const { epoch, within, loss, score } = shownFigures();
    setText(parts.epoch, epoch);
    setText(parts["last-epoch"], within);
    setText(parts["train-loss"], loss.train);
    setText(parts["test-loss"], loss.test);
    setText(parts["train-score"], score.train);
    setText(parts["test-score"], score.test);
    writeCorners(parts.corners, run, cornerAnswers());
    writeAnswer();
    if (pointed.place) setText(parts["map-readout"], describePlace(pointed.place));
  }

  /** Figures of the network shown, as texts. One whose weights are being tried out has none before it is committed. */
  function shownFigures() {
    const within = guest?.updates
      ? `+ ${formatCount(guest.updates)} of ${formatCount(updatesAnEpoch)} updates`
      : `of ${formatCount(run.figures.epochs)}`;
    if (edited.size) return { ...figuresInWords(run, place().epoch, UNKNOWN_FIGURES), within };
    return { ...(guest ? figuresInWords(run, guest.epoch, guest.figures) : figuresAt(run, shownEpoch())), within };
  }

  function writeAnswer() {
    const typed = ["ask-x1", "ask-x2"].map((name, i) => fromAxis(run.axes[i], readNumber(parts[name].value)));
    const understood = typed.every(Number.isFinite);
    const { said, share } = understood ? answerOf(run, outputAt(...typed)) : { said: "", share: "" };
    setText(parts.said, understood ? `→ ${said}` : "");
    setText(parts["said-share"], understood ? share : "Type two numbers, such as 0 and 1.");
  }

  function describePlace({ x1, x2 }) {
    const { said, share } = answerOf(run, outputAt(x1, x2));
    return `${placeText(run, x1, x2)} → ${said}${share && `, ${share}`}`;
  }

  function describeEpoch(at) {
    const { epoch, loss, score } = figuresAt(run, at);
    const figures = chart.metric === "loss" ? loss : score;
    return `epoch ${epoch}: train ${figures.train}, test ${figures.test}`;
  }

  /** A mark of the time line was pointed at or left. */
  function describeMark(text, x) {
    showReadout(parts["time-readout"], text, x, 0);
  }

  function writeSummary() {
    const summary = summaryOf(run, shownFigures(), cornerAnswers());
    setText(parts.summary, summary);
    parts.map.setAttribute("aria-label", `Decision map. ${summary}`);
    parts.time.setAttribute("aria-label", `${run.loss} and ${run.score} over the epochs. ${summary}`);
    parts.slider.setAttribute("aria-valuenow", shownEpoch());
    parts.slider.setAttribute("aria-valuetext", describeEpoch(shownEpoch()));
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
    showReadoutAt(parts["map-readout"], pointed.place && describePlace(pointed.place), event);
  }

  function pointAtTime(event) {
    pointed.epoch = timeline.epochAt(event);
    if (event.type === "pointerdown") parts.time.setPointerCapture(event.pointerId); // drags go on outside it
    if (event.buttons & 1) goToEpoch(pointed.epoch);
    const pin = timeline.pinAt(event);
    showReadoutAt(parts["time-readout"], describeEpoch(pointed.epoch) + (pin ? ` · ${pin.name}` : ""), event);
    move();
  }

  function leaveTime(event) {
    pointed.epoch = null;
    showReadoutAt(parts["time-readout"], null, event);
    move();
  }

  function onKey(event) {
    const inside = event.composedPath()[0];
    const taken = event.defaultPrevented || inside.matches("input, select, textarea");
    if (taken || event.ctrlKey || event.metaKey || event.altKey) return;
    const times = event.shiftKey ? 10 : 1;
    const keys = {
      " ": toggle,
      ArrowLeft: () => step(-times),
      ArrowRight: () => step(times),
      Home: () => goTo(0),
      End: () => goTo(end()),
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
    stride = STRIDES[name];
    writeStride();
  }

  function openTab(name) {
    tab = name;
    for (const other of Object.keys(TABS)) {
      const open = other === tab;
      parts[`tab-${other}`].setAttribute("aria-selected", open);
      parts[`tab-${other}`].tabIndex = open ? 0 : -1;
      parts[other].hidden = !open;
    }
    stale.add(tab); // the room may have changed while it was closed
    actions.focus(null);
  }

  /** Arrow keys move between the tabs, as everywhere. */
  function onTabKey(event) {
    const names = Object.keys(TABS);
    const at = names.indexOf(tab);
    const to = { ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: names.length - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    openTab(names[(to + names.length) % names.length]);
    parts[`tab-${tab}`].focus();
  }

  const clicks = {
    first: () => goTo(0),
    back: () => step(-1),
    play: toggle,
    forward: () => step(1),
    last: () => goTo(end()),
    "train-on": trainOn,
    settle,
    "start-over": startOver,
    whole: () => actions.wish({ do: "whole" }),
    unedit: () => actions.wish({ do: "unedit" }),
    "show-loss": () => choose({ metric: "loss" }),
    "show-score": () => choose({ metric: "score" }),
    linear: () => choose({ logarithmic: false }),
    log: () => choose({ logarithmic: true }),
    ...Object.fromEntries(Object.keys(STRIDES).map((name) => [`stride-${name}`, () => chooseStride(name)])),
    ...Object.fromEntries(Object.keys(TABS).map((name) => [`tab-${name}`, () => openTab(name)])),
  };
  for (const [name, action] of Object.entries(clicks)) listen(parts[name], "click", action);
  for (const name of Object.keys(TABS)) listen(parts[`tab-${name}`], "keydown", onTabKey);
  for (const type of ["pointermove", "pointerdown", "pointerleave", "pointercancel"]) listen(parts.map, type, pointAtMap);
  for (const type of ["pointermove", "pointerdown"]) listen(parts.time, type, pointAtTime);
  for (const type of ["pointerleave", "pointercancel"]) listen(parts.time, type, leaveTime);
  listen(parts.ask, "input", writeAnswer);
  listen(parts.ask, "submit", (event) => event.preventDefault());
  listen(root, "keydown", onKey);
  listen(window, "nn-hold", ({ detail }) => {
    held = detail;
    if (playing) move();
  });
  listen(window, "nn-pins", ({ detail }) => {
    pins = detail;
    if (!palette) return;
    loadTimeline();
    move();
  });
  listen(window, "nn-hello", () => painted.epoch !== null && tellEpoch());
  const sizes = new ResizeObserver(() => {
    stale = new Set(Object.keys(TABS));
    arrange();
  });
  sizes.observe(parts.slider);
  openTab(tab);
  window.dispatchEvent(new CustomEvent("nn-hello")); // whoever was here before says again what I have missed

  /** For tests and measurements: what is shown, and how often it was painted. */
  root.nnStage = {
    get run() { return run.run; },
    get finished() { return run.finished; },
    get epoch() { return shownEpoch(); },
    get playing() { return playing; },
    get frames() { return painted.frames; },
    get lastPaint() { return painted.last; },
    get wishes() { return sent; },
    parameters: () => Array.from(shownParameters()),
    gradient: () => shown.gradient && Array.from(shown.gradient),
    get focused() { return focusOn(); },
    focus: actions.focus,
    edit: actions.edit,
    commit: actions.commit,
    askGradient: actions.gradient,
    seek: goToEpoch,
    toggle,
    output: (x1, x2) => Array.from(outputAt(x1, x2)),
  };

  function close() {
    listening.abort();
    sizes.disconnect();
    questions.close();
    map.close?.();
    for (const view of Object.values(views)) view.close?.();
    cancelAnimationFrame(frame);
    clearTimeout(restTimer);
  }

  return { show, close };
}

const sameNeuron = (a, b) => a?.layer === b?.layer && a?.unit === b?.unit;

/** Called by Streamlit when the component is mounted, and again whenever its data or the theme change. */
export default function ({ parentElement, data, setStateValue }) {
  if (!stages.has(parentElement)) {
    const send = (wish) => setStateValue("wish", wish);
    stages.set(parentElement, createStage(parentElement.querySelector(".nn-stage"), send));
  }
  stages.get(parentElement).show(parsePayload(data));
  return () => {
    if (parentElement.isConnected) return; // also called for a superseded call: the stage is still in use
    stages.get(parentElement)?.close();
    stages.delete(parentElement);
  };
}
