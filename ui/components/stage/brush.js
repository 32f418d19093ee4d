// Painting points of one's own on the plane. The points are kept here while they are painted and drawn at once; when a
// stroke ends all of them are sent, and come back as part of the next run.
//
// A point is [x1, x2, target, is_test], in coordinates of the plane. A stroke is what happens from the pointer's going
// down until it goes up, or one press of a key; it is what "Undo" takes back.

const SPRAYED = { first: 5, then: 3 }; // points where a spray begins, and again on its way
const EDGE = 0.01; // of the plane: points keep this far from its edges, to be seen whole
const STEPS = { fine: 1 / 40, coarse: 1 / 8 }; // of the plane: how far an arrow key moves
const STROKES_KEPT = 50;
const BRUSH_PATIENCE = 3000; // milliseconds that painted points wait for their run before other points are believed

const thousandths = (value) => Math.round(1000 * value) / 1000;

/** The points of a run as they are kept here: `is_test` as a number. */
const ownPoints = (run) => (run.own?.points ?? []).map(([x1, x2, target, isTest]) => [x1, x2, target, Number(isTest)]);

/**
 * @param {HTMLCanvasElement} canvas of the map, in a frame of its own
 * @param {object} map as of createMap
 * @param {Actions} actions
 * @returns {{opener: HTMLElement, load: function, close: function}}
 */
function createBrush(canvas, map, actions) {
  const listening = new AbortController();
  const ui = makeBrushBar({
    choose, undo, clear, leave, wish: actions.wish, toggle: () => (isOpen() ? leave() : open()),
  });
  const frame = canvas.parentElement;
  const ring = make("div", { class: "brush-ring", hidden: "" }); // how far the brush reaches
  let run, palette;
  let points = []; // the visitor's, all of them
  let history = []; // `points` before each stroke
  let brush = "point";
  let target = 1; // a class, or for regression a value
  let isTest = 0;
  let stroke = null; // what the pointer that is down does
  let cursor = null; // the place the arrow keys move, as shares of the plane, from the left and from below
  let awaited = null; // points that were sent and have not come back: {text, since}
  let offered = ""; // what the buttons for classes were made of

  frame.append(ring);
  frame.after(ui.panel);

  // --- the run ---

  /** Believe the points of a run, unless newer ones are being painted or are on their way. */
  function load(newRun, newPalette) {
    [run, palette] = [newRun, newPalette];
    ui.opener.hidden = !run.own;
    if (!run.own) return leave();
    const theirs = ownPoints(run);
    const text = JSON.stringify(theirs);
    if (awaited && (awaited.text === text || performance.now() - awaited.since > BRUSH_PATIENCE)) awaited = null;
    if (!stroke && !awaited) {
      const changed = text !== JSON.stringify(points);
      points = theirs;
      map.setOwn(null);
      if (changed) history = [];
      if (changed && isOpen()) return say("");
    }
    if (isOpen()) write();
  }

  const isOpen = () => !ui.panel.hidden;

  function open() {
    ui.panel.hidden = false;
    ui.opener.setAttribute("aria-expanded", true);
    frame.classList.add("painting");
    frame.tabIndex = 0;
    frame.setAttribute("role", "application");
    frame.setAttribute("aria-label", "The plane. Arrow keys move, Enter paints, Delete erases, Escape ends.");
    say("");
    frame.focus();
    ui.panel.scrollIntoView({ block: "nearest" });
  }

  function leave() {
    if (!isOpen()) return;
    endStroke();
    ui.panel.hidden = true;
    ui.opener.setAttribute("aria-expanded", false);
    frame.classList.remove("painting");
    for (const name of ["tabindex", "role", "aria-label"]) frame.removeAttribute(name);
    cursor = null;
    ring.hidden = true;
  }

  // --- strokes ---

  function beginStroke(pointer) {
    stroke = { pointer, before: points, from: null, held: null };
  }

  /** Do what the brush does at a pixel of the map. `using`: another brush than the chosen one. */
  function act(at, using = brush) {
    const { from } = stroke;
    if (from && Math.hypot(at.x - from.x, at.y - from.y) < BRUSHES[using].apart) return;
    ({ point: put, spray, erase, move })[using](at);
    stroke.from = at;
    map.setOwn(points);
    map.repaint();
    say("");
  }

  function put(at) {
    if (points.length < run.own.most) points = [...points, [...placeIn(at), target, isTest]];
  }

  function spray(at) {
    for (let i = 0; i < (stroke.from ? SPRAYED.then : SPRAYED.first); i++) {
      const [angle, distance] = [2 * Math.PI * Math.random(), BRUSHES.spray.radius * Math.sqrt(Math.random())];
      const drop = { x: at.x + distance * Math.cos(angle), y: at.y + distance * Math.sin(angle) };
      if (map.onPlane(drop)) put(drop);
    }
  }

  function erase(at) {
    const kept = points.filter((point) => distanceTo(point, at) > BRUSHES.erase.radius);
    if (kept.length < points.length) points = kept;
  }

  /** The first act of a stroke takes hold of the nearest point, where it is; the others bring it along. */
  function move(at) {
    if (!stroke.from) stroke.held = takeHold(at);
    else if (stroke.held) {
      const { index, x, y } = stroke.held;
      points = points.with(index, [...placeIn({ x: at.x + x, y: at.y + y }), ...points[index].slice(2)]);
    }
  }

  /** The nearest point with its distance from the pointer, which it keeps; null where none is near. */
  function takeHold(at) {
    const distances = points.map((point) => distanceTo(point, at));
    const index = distances.indexOf(Math.min(...distances));
    if (!(distances[index] <= BRUSHES.move.radius)) return null;
    const { x, y } = map.pixelOf(...points[index]);
    return { index, x: x - at.x, y: y - at.y };
  }

  function distanceTo([x1, x2], at) {
    const { x, y } = map.pixelOf(x1, x2);
    return Math.hypot(x - at.x, y - at.y);
  }

  /** The place at a pixel as it is kept: rounded, and within the plane wherever the pointer is. */
  function placeIn(at) {
    const { x1, x2 } = map.placeOf(at);
    return [x1, x2].map((value, axis) => {
      const [low, high] = run.domain.slice(2 * axis);
      const edge = EDGE * (high - low);
      return thousandths(Math.max(low + edge, Math.min(high - edge, value)));
    });
  }

  function endStroke() {
    if (!stroke) return;
    const { before } = stroke;
    stroke = null;
    if (points === before) return;
    history = [...history, before].slice(-STROKES_KEPT);
    send();
  }

  /** A whole stroke at the place of the keys. */
  function strokeAtCursor(using) {
    beginStroke(null);
    act(pixelOfCursor(), using);
    endStroke();
  }

  function send() {
    awaited = { text: JSON.stringify(points), since: performance.now() };
    map.setOwn(points);
    map.repaint();
    actions.wish({ do: "points", points });
    say("");
  }

  function undo() {
    if (!history.length) return;
    points = history.pop();
    send();
  }

  function clear() {
    if (!points.length) return;
    history = [...history, points].slice(-STROKES_KEPT);
    points = [];
    send();
  }

  // --- words ---

  function say(news) {
    const [most, count] = [run.own.most, points.length];
    const tests = points.filter((point) => point[3]).length;
    const mine = `${count} of at most ${most} points are yours${tests ? `, ${tests} of them for testing` : ""}.`;
    const full = `${most} points are the most there can be: erase some to paint others.`;
    setText(ui.status, [news, count < most ? mine : full].filter(Boolean).join(" "));
    write();
  }

  /** Buttons as they are now. */
  function write() {
    const { own, classes, axes, task } = run;
    const wanted = JSON.stringify([own.classes, classes, task, palette.classes]);
    if (wanted !== offered) renewClasses();
    offered = wanted;
    ui.value.hidden = own.classes > 0;
    setText(ui.number, formatNumber(toAxis(axes[2], target)));
    press(ui.classes, (k) => k === target);
    press(ui.uses, (use) => use === isTest);
    press(ui.brushes, (name) => name === brush);
    ui.undo.disabled = !history.length;
    ui.clear.disabled = !points.length;
    ui.only.disabled = own.only || !points.length;
    setPressed(ui.only, own.only);
    ui.take.disabled = own.only;
    if (ui.panel.querySelector(":focus:disabled")) ui.panel.focus(); // the keys go on from here
    frame.style.setProperty("--brush", own.classes ? colourOf(palette, target) : palette.classes[Number(target > 0)]);
  }

  function renewClasses() {
    const { classes } = run.own;
    const fits = classes ? Number.isInteger(target) && target < classes : false;
    if (!fits) target = classes ? Math.min(1, classes - 1) : 0.5; // a number is no class
    offerClasses(ui, run, palette, choose);
  }

  /** Another class, use or brush. */
  function choose(change) {
    ({ target, isTest, brush } = { target, isTest, brush, ...change });
    if ("target" in change && (brush === "erase" || brush === "move")) brush = "point"; // who picks a colour will paint
    write();
  }

  // --- hands ---

  function placeRing(at) {
    const { radius } = BRUSHES[brush];
    ring.hidden = !map.onPlane(at);
    ring.className = `brush-ring ${brush}`;
    ring.style.width = ring.style.height = `${2 * radius}px`;
    ring.style.transform = `translate(${at.x - radius}px, ${at.y - radius}px)`;
  }

  function onDown(event) {
    if (!isOpen() || event.button || !map.placeAt(event)) return;
    if (stroke?.pointer === null) endStroke(); // one that was begun with the keys
    if (stroke) return; // one pointer at a time
    event.preventDefault(); // no text is selected on the way
    frame.focus({ preventScroll: true });
    canvas.setPointerCapture(event.pointerId);
    beginStroke(event.pointerId);
    onMove(event);
  }

  function onMove(event) {
    if (!isOpen() || (stroke && stroke.pointer !== event.pointerId)) return;
    if (stroke) {
      const passed = event.getCoalescedEvents?.() ?? []; // where a quick pointer was between two frames
      for (const { clientX, clientY } of passed.length ? passed : [event]) act(map.pixelAt({ clientX, clientY }));
    }
    placeRing(map.pixelAt(event));
  }

  function onUp(event) {
    if (stroke?.pointer !== event.pointerId) return;
    endStroke();
    if (event.pointerType !== "mouse") ring.hidden = true;
  }

  function pixelOfCursor() {
    const [x1Low, x1High, x2Low, x2High] = run.domain;
    return map.pixelOf(x1Low + cursor[0] * (x1High - x1Low), x2Low + cursor[1] * (x2High - x2Low));
  }

  function moveCursor(across, up, step) {
    const held = (share) => Math.max(0, Math.min(1, share));
    cursor = [held(cursor[0] + across * step), held(cursor[1] + up * step)];
    const at = pixelOfCursor();
    placeRing(at);
    if (stroke) act(at);
    const { x1, x2 } = map.placeOf(at);
    say(`${placeText(run, x1, x2)}.`);
  }

  /** Space and Enter paint; with "Move" they take a point and let it go again. */
  function pressAtCursor() {
    if (stroke) return endStroke();
    if (brush !== "move") return strokeAtCursor(brush);
    beginStroke(null);
    act(pixelOfCursor());
    if (!stroke.held) endStroke();
  }

  const keys = {
    ArrowLeft: (step) => moveCursor(-1, 0, step),
    ArrowRight: (step) => moveCursor(1, 0, step),
    ArrowUp: (step) => moveCursor(0, 1, step),
    ArrowDown: (step) => moveCursor(0, -1, step),
    Enter: pressAtCursor,
    " ": pressAtCursor,
    Delete: () => strokeAtCursor("erase"),
    Backspace: () => strokeAtCursor("erase"),
  };

  function onKey(event) {
    if (!isOpen()) return;
    if ((event.ctrlKey || event.metaKey) && event.key === "z") undo();
    else if (event.key === "Escape") {
      leave();
      ui.opener.focus();
    } else if (event.currentTarget === frame && keys[event.key]) {
      cursor ??= [0.5, 0.5];
      keys[event.key](event.shiftKey ? STEPS.coarse : STEPS.fine);
    } else return;
    event.preventDefault(); // the page does not scroll, and the time line does not step
    event.stopPropagation(); // and the page undoes no setting
  }

  const listen = (node, type, handler) => node.addEventListener(type, handler, { signal: listening.signal });
  listen(canvas, "pointerdown", onDown);
  listen(canvas, "pointermove", onMove);
  for (const type of ["pointerup", "pointercancel", "lostpointercapture"]) listen(canvas, type, onUp);
  listen(canvas, "pointerleave", () => {
    if (!stroke) ring.hidden = true;
  });
  for (const node of [frame, ui.panel]) listen(node, "keydown", onKey);

  function close() {
    listening.abort();
  }

  return { opener: ui.opener, load, close };
}
