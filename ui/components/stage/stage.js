// The stage itself: which run and which epoch are shown, what moves them, and what is said beside the pictures.

const PLAYBACK_SECONDS = 6; // a whole playback, whatever the number of epochs
const SECONDS_A_SNAPSHOT = 0.25; // at most: a run of five epochs is over sooner
const REST_AFTER = 150; // milliseconds without motion until the fine picture and the spoken summary
const stages = new WeakMap(); // one stage per mounted component: the module is shared by all of them
let greeted = false; // the picture moves by itself once, when the app is opened

/** Everything inside one mounted component. */
function createStage(root) {
  const parts = Object.fromEntries([...root.querySelectorAll("[data-part]")].map((node) => [node.dataset.part, node]));
  const map = createMap(parts.map);
  const timeline = createTimeline(parts.time);
  const stillness = window.matchMedia("(prefers-reduced-motion: reduce)");
  const listening = new AbortController(); // takes every listener away at once
  const view = { metric: "loss", logarithmic: false };
  const pointed = { place: null, epoch: null }; // under the pointer: a place of the plane, an epoch of the time line
  const painted = { frames: 0, last: 0 };

  let run, palette, parameters;
  let position = 0; // which snapshot is shown; between two of them only while playing
  let chosen = null; // the epoch a visitor went to; null is the end, wherever that is
  let playing = false;
  let greeting = false; // playing by itself, because the app has just been opened
  let held = false; // a control of the page is in someone's hand
  let frame = 0, lastFrame = 0, restTimer = 0;
  let shownKey = ""; // what the key of the map was made of

  const epochs = () => run.arrays.snapshot_epochs;
  const end = () => epochs().length - 1;
  const shownEpoch = () => epochs()[Math.floor(position)];
  // Always a recorded network, also while playing: a blend of two was never trained, and its loss is not on the curve.
  const shownParameters = () => parametersAt(run, Math.floor(position), parameters);
  const outputAt = (x1, x2) => forward(run.network, shownParameters(), makeBatch(run.network, [x1], [x2]));
  const cornerAnswers = () => (run.corners ?? []).map(([x1, x2]) => answerOf(run, outputAt(x1, x2)));

  // --- data and size ---

  function show(newRun) {
    const before = run;
    const arriving = before && !before.finished; // more of the run that is already shown
    const wanted = playing && (!greeting || arriving) ? shownEpoch() : chosen;
    run = newRun;
    parameters = new Float64Array(run.arrays.parameters.length / epochs().length);
    if (!before) {
      greeting = playing = !greeted && !stillness.matches && end() > 0;
      greeted = true;
      position = playing ? 0 : end();
    } else if (before.run !== run.run) {
      if (greeting && !arriving) playing = greeting = false;
      position = wanted === null ? end() : nearestIndex(epochs(), wanted);
    }
    arrange();
  }

  /** Fit the pictures to the room there is, in the colours of the theme, and paint them. */
  function arrange() {
    const width = parts.map.parentElement.clientWidth;
    if (!run || !width) return;
    palette = readPalette(root);
    const height = width - MAP_MARGIN.left - MAP_MARGIN.right + MAP_MARGIN.top + MAP_MARGIN.bottom; // a square plot
    parts.map.style.height = `${height}px`;
    map.load(run, palette, width, height);
    timeline.load(run, palette, view, parts.slider.clientWidth, parts.time.clientHeight);
    const keyed = JSON.stringify([run.task, run.classes, map.scale, palette]);
    if (keyed !== shownKey) parts.key.replaceChildren(...makeKey(run, palette, map.scale));
    shownKey = keyed;
    writeFixedTexts();
    paint(true);
    if (playing) move();
  }

  // --- painting ---

  function paint(moving) {
    map.paint(shownParameters(), moving);
    const next = epochs()[Math.ceil(position)];
    timeline.paint(shownEpoch() + (position % 1) * (next - shownEpoch()), pointed.epoch);
    writeFigures();
    painted.frames += 1;
    painted.last = performance.now();
    if (moving) restSoon();
  }

  /** Once nothing has moved for a moment: the fine picture, and the summary for those who listen. */
  function restSoon() {
    clearTimeout(restTimer);
    restTimer = setTimeout(() => {
      if (playing && !held) return;
      paint(false);
      writeSummary();
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

  /** Stand still at a true snapshot, never at a blend of two. */
  function goTo(index) {
    playing = greeting = false;
    position = Math.max(0, Math.min(end(), Math.round(index)));
    chosen = position === end() ? null : shownEpoch();
    writePlaying();
    move();
  }

  const goToEpoch = (epoch) => goTo(nearestIndex(epochs(), epoch));

  function toggle() {
    if (playing) return goTo(position);
    if (position >= end()) position = 0;
    playing = end() > 0;
    lastFrame = 0;
    writePlaying();
    move();
  }

  // --- words and figures ---

  function writeFixedTexts() {
    const title = run.score[0].toUpperCase() + run.score.slice(1);
    const unit = run.unit && ` (${run.unit})`;
    setText(parts.score, run.score);
    setText(parts["show-score"], title);
    setText(parts.axis, view.metric === "loss" ? run.loss + unit : run.score);
    setText(parts.cost, costInWords(run));
    setText(parts.message, run.message ?? "");
    setText(parts["last-epoch"], `of ${formatCount(run.figures.epochs)}`);
    parts.truth.hidden = !run.corners;
    const pressed = {
      "show-loss": view.metric === "loss", "show-score": view.metric === "score",
      linear: !view.logarithmic, log: view.logarithmic,
    };
    for (const [name, on] of Object.entries(pressed)) parts[name].setAttribute("aria-pressed", on);
    parts.log.disabled = parts.linear.disabled = view.metric === "score";
    parts.slider.setAttribute("aria-valuemin", 0);
    parts.slider.setAttribute("aria-valuemax", epochs().at(-1));
    writePlaying();
  }

  function writePlaying() {
    parts.play.classList.toggle("playing", playing);
    parts.play.setAttribute("aria-label", playing ? "Pause" : "Play");
  }

  /** What changes from epoch to epoch. */
  function writeFigures() {
    const { epoch, loss, score } = figuresAt(run, shownEpoch());
    setText(parts.epoch, epoch);
    setText(parts["train-loss"], loss.train);
    setText(parts["test-loss"], loss.test);
    setText(parts["train-score"], score.train);
    setText(parts["test-score"], score.test);
    writeCorners(parts.corners, run, cornerAnswers());
    writeAnswer();
    if (pointed.place) setText(parts["map-readout"], describePlace(pointed.place));
  }

  function writeAnswer() {
    const [x1, x2] = [readNumber(parts["ask-x1"].value), readNumber(parts["ask-x2"].value)];
    const understood = Number.isFinite(x1) && Number.isFinite(x2);
    const { said, share } = understood ? answerOf(run, outputAt(x1, x2)) : { said: "", share: "" };
    setText(parts.said, understood ? `→ ${said}` : "");
    setText(parts["said-share"], understood ? share : "Type two numbers, such as 0 and 1.");
  }

  function describePlace({ x1, x2 }) {
    const { said, share } = answerOf(run, outputAt(x1, x2));
    return `x₁ ${formatNumber(x1)}, x₂ ${formatNumber(x2)} → ${said}${share && `, ${share}`}`;
  }

  function describeEpoch(at) {
    const { epoch, loss, score } = figuresAt(run, at);
    const shown = view.metric === "loss" ? loss : score;
    return `epoch ${epoch}: train ${shown.train}, test ${shown.test}`;
  }

  function writeSummary() {
    const summary = summaryOf(run, shownEpoch(), cornerAnswers());
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

  /** Show a readout beside the pointer, inside the frame it belongs to. */
  function placeReadout(readout, event, text) {
    readout.hidden = text === null;
    if (text === null) return;
    setText(readout, text);
    const box = readout.parentElement.getBoundingClientRect();
    const [x, y] = [event.clientX - box.left, event.clientY - box.top];
    const left = Math.max(0, Math.min(x + 14, box.width - readout.offsetWidth));
    const top = y - readout.offsetHeight - 12;
    readout.style.transform = `translate(${left}px, ${Math.max(0, top)}px)`;
  }

  function pointAtMap(event) {
    const away = event.type === "pointerleave" || event.type === "pointercancel";
    pointed.place = away ? null : map.placeAt(event);
    placeReadout(parts["map-readout"], event, pointed.place && describePlace(pointed.place));
  }

  function pointAtTime(event) {
    pointed.epoch = timeline.epochAt(event);
    if (event.type === "pointerdown") parts.time.setPointerCapture(event.pointerId); // drags go on outside it
    if (event.buttons & 1) goToEpoch(pointed.epoch);
    placeReadout(parts["time-readout"], event, describeEpoch(pointed.epoch));
    move();
  }

  function leaveTime(event) {
    pointed.epoch = null;
    placeReadout(parts["time-readout"], event, null);
    move();
  }

  function onKey(event) {
    const inside = event.composedPath()[0];
    if (inside.matches("input") || event.ctrlKey || event.metaKey || event.altKey) return;
    const stride = event.shiftKey ? 10 : 1;
    const actions = {
      " ": toggle,
      ArrowLeft: () => goTo(Math.round(position) - stride),
      ArrowRight: () => goTo(Math.round(position) + stride),
      Home: () => goTo(0),
      End: () => goTo(end()),
    };
    if (!actions[event.key] || (event.key === " " && inside.matches("button"))) return; // space presses a button
    event.preventDefault(); // the page does not scroll under the keys
    actions[event.key]();
  }

  function choose(change) {
    Object.assign(view, change);
    arrange();
  }

  const clicks = {
    first: () => goTo(0),
    back: () => goTo(Math.round(position) - 1),
    play: toggle,
    forward: () => goTo(Math.round(position) + 1),
    last: () => goTo(end()),
    "show-loss": () => choose({ metric: "loss" }),
    "show-score": () => choose({ metric: "score" }),
    linear: () => choose({ logarithmic: false }),
    log: () => choose({ logarithmic: true }),
  };
  for (const [name, action] of Object.entries(clicks)) listen(parts[name], "click", action);
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
  const sizes = new ResizeObserver(arrange);
  sizes.observe(parts.slider);

  /** For tests and measurements: what is shown, and how often it was painted. */
  root.nnStage = {
    get run() { return run.run; },
    get epoch() { return shownEpoch(); },
    get playing() { return playing; },
    get frames() { return painted.frames; },
    get lastPaint() { return painted.last; },
    seek: goToEpoch,
    toggle,
    output: (x1, x2) => Array.from(outputAt(x1, x2)),
  };

  function close() {
    listening.abort();
    sizes.disconnect();
    cancelAnimationFrame(frame);
    clearTimeout(restTimer);
  }

  return { show, close };
}

/** Called by Streamlit when the component is mounted, and again whenever its data or the theme change. */
export default function ({ parentElement, data }) {
  if (!stages.has(parentElement)) stages.set(parentElement, createStage(parentElement.querySelector(".nn-stage")));
  stages.get(parentElement).show(parsePayload(data));
  return () => {
    if (parentElement.isConnected) return; // also called for a superseded call: the stage is still in use
    stages.get(parentElement)?.close();
    stages.delete(parentElement);
  };
}
