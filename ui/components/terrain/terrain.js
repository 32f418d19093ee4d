// Two pictures of one landscape, and the time line that moves the walkers on both.

const PLAY_SECONDS = 8; // from the first epoch to the last
const SECONDS_AN_EPOCH = 0.25; // at most, of the recorded ones: a run of five is over sooner
const NEAR = 10; // pixels from a way at which it is meant
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };

/** Who walks, and how it went: the same on another plane. */
const nameWalks = ({ walks }) => JSON.stringify(walks.map(({ name, epochs, loss }) => [name, [...epochs], [...loss]]));

function createTerrain(root) {
  const parts = partsOf(root);
  const flat = createFlat(parts.flat);
  const hills = createHills(parts.hills, (moving) => repaint(moving));
  const stillness = window.matchMedia("(prefers-reduced-motion: reduce)");
  let ground, bytes, palette, colours;
  let now = 0; // the epoch, also between recorded ones
  let playing = false, lastFrame = 0, frame = 0, coarse = false;
  let pointed = null; // a node {column, row} of the ground

  // --- what is shown ---

  function show(newBytes) {
    const newPalette = readPalette(root);
    if (bytes && sameNumbers(bytes, newBytes) && JSON.stringify(newPalette) === JSON.stringify(palette)) return;
    const before = ground && nameWalks(ground);
    [bytes, palette] = [newBytes, newPalette];
    ground = parseGround(bytes);
    colours = readGroundColours(root, ground.walks.length);
    pointed = null;
    showReadout(parts.readout, null);
    write();
    if (nameWalks(ground) !== before) start();
    load();
    if (document.fonts.status === "loading") document.fonts.ready.then(load); // slanted letters come once they are used
  }

  /** Other walkers go by themselves, where motion is welcome. */
  function start() {
    playing = !stillness.matches && ground.epochs.length > 1;
    now = playing ? ground.epochs[0] : ground.epochs.at(-1);
    lastFrame = 0;
  }

  function load() {
    if (!ground || !parts.flat.clientWidth) return;
    for (const picture of [flat, hills]) picture.load(ground, palette, colours);
    repaint();
  }

  function repaint(moving = false) {
    coarse = moving;
    frame ||= requestAnimationFrame(onFrame);
  }

  function onFrame(stamp) {
    frame = 0;
    if (playing) advance(lastFrame ? Math.min((stamp - lastFrame) / 1000, 0.1) : 0); // not a leap after a pause
    lastFrame = playing ? stamp : 0;
    paint();
    if (playing && root.isConnected) repaint(coarse);
  }

  const placeOf = ({ column, row }) => ({ u: column / (ground.steps - 1), v: row / (ground.steps - 1) });

  function paint() {
    const here = pointed && placeOf(pointed);
    flat.paint(now, here);
    hills.paint(now, here, coarse);
    writeTime();
  }

  /** So many seconds of play. It begins slowly: most of a way is gone in the first epochs. */
  function advance(seconds) {
    const [first, last] = [ground.epochs[0], ground.epochs.at(-1)];
    const whole = Math.min(PLAY_SECONDS, (ground.epochs.length - 1) * SECONDS_AN_EPOCH);
    const share = Math.min(1, Math.sqrt((now - first) / (last - first)) + seconds / whole);
    now = share === 1 ? last : first + (last - first) * share ** 2;
    playing = share < 1;
  }

  const recorded = () => ground.epochs[lastBefore(ground, now)];

  // --- words ---

  function write() {
    setText(parts.what, ground.unit ? `training loss (${ground.unit})` : "training loss");
    const at = (loss) => `left: ${100 * riseOf(ground, Math.log10(loss))}%`;
    const lines = ground.levels.map((loss) => make("i", { style: at(loss) }));
    const names = ground.labels.map((loss) => make("span", { style: at(loss) }, formatLevel(loss)));
    parts.ramp.replaceChildren(...lines, ...names);
    parts.walkers.replaceChildren(...ground.walks.map((walk, i) => makeWalker(walk, i)));
    parts.time.max = ground.epochs.length - 1;
    parts.time.disabled = parts.play.disabled = ground.epochs.length < 2;
    const ends = ground.walks.map(({ name, loss }) => `${name} ends at ${formatNumber(loss.at(-1))}`);
    const words = `${ground.axes[0]} across, ${ground.axes[1]} up; ${ends.join(", ")}`;
    parts.flat.setAttribute("aria-label", `Map of the loss: ${words}. Arrow keys tell the loss of a place.`);
    parts.hills.setAttribute("aria-label", `The same as hills: ${words}. Arrow keys turn it.`);
  }

  function makeWalker({ name }, i) {
    const colour = colours.walks[i];
    const line = { d: "M0 8H42", stroke: colour, "stroke-width": 3, "stroke-dasharray": dashOf(i).join(" ") };
    const mark = { d: formOf(i), fill: colour, transform: "translate(21 8) scale(6)" };
    const drawing = make("svg", { viewBox: "0 0 42 16", "aria-hidden": "true" });
    drawing.append(make("path", line), make("path", mark));
    return make("li", {}, drawing, name, make("b"));
  }

  function writeTime() {
    const shown = recorded();
    parts.time.value = lastBefore(ground, shown);
    parts.time.setAttribute("aria-valuetext", `epoch ${formatCount(shown)}`);
    setText(parts.epoch, `epoch ${formatCount(shown)}`);
    parts.play.classList.toggle("playing", playing);
    parts.play.setAttribute("aria-label", playing ? "Pause" : "Play");
    ground.walks.forEach((walk, i) => {
      const item = parts.walkers.children[i];
      setText(item.lastChild, formatFixed(walk.loss[lastBefore(walk, shown)]));
      item.classList.toggle("ended", shown > walk.epochs.at(-1));
    });
  }

  // --- time ---

  function toggle() {
    playing = !playing;
    if (playing && now === ground.epochs.at(-1)) now = ground.epochs[0];
    repaint();
  }

  function seek(epoch) {
    playing = false;
    now = epoch;
    repaint();
  }

  // --- hands ---

  function pointAtMap(event) {
    if (!ground || event.type === "pointerleave") return point(null);
    const [x, y] = pointerIn(parts.flat, event);
    const { u, v } = flat.placeAt([x, y]);
    if (!(u >= 0 && u <= 1 && v >= 0 && v <= 1)) return point(null);
    const last = ground.steps - 1;
    point({ column: Math.round(u * last), row: Math.round(v * last) }, [x, y]);
  }

  /** Point at a node of the ground, or at what is near a pixel of the map. */
  function point(node, pixel = null) {
    const way = pixel && nearestWay(pixel);
    pointed = way ? null : node;
    const [x, y] = pixel ?? (node ? flat.place(placeOf(node)) : [0, 0]);
    showReadout(parts.readout, node && (way ?? tellNode(node)), x, y);
    repaint(coarse);
  }

  function tellNode({ column, row }) {
    const height = ground.arrays.heights[row * ground.steps + column];
    return Number.isNaN(height) ? "loss is no longer a number" : `loss ${formatDigits(10 ** height)}`;
  }

  /** What is to be said of the recorded place nearest to a pixel, if one is near. */
  function nearestWay([x, y]) {
    let [nearest, told] = [NEAR, null];
    for (const walk of ground.walks) {
      walk.epochs.forEach((epoch, i) => {
        const [left, top] = flat.place({ u: walk.u[i], v: walk.v[i] });
        const away = Math.hypot(left - x, top - y);
        if (away < nearest) [nearest, told] = [away, [walk, epoch, i]];
      });
    }
    return told && tellWalk(...told);
  }

  const tellWalk = ({ name, loss, beneath }, epoch, i) =>
    `${name}, epoch ${formatCount(epoch)}\nloss ${formatDigits(loss[i])}, of the map here ${formatDigits(beneath[i])}`;

  function onMapKey(event) {
    const step = ARROWS[event.key];
    if (!step) return;
    event.preventDefault();
    const far = event.shiftKey ? 5 : 1, last = ground.steps - 1;
    const { column, row } = pointed ?? { column: Math.round(last / 2), row: Math.round(last / 2) };
    const held = (value) => Math.min(Math.max(value, 0), last);
    point({ column: held(column + far * step[0]), row: held(row + far * step[1]) });
  }

  for (const type of ["pointermove", "pointerdown", "pointerleave"]) parts.flat.addEventListener(type, pointAtMap);
  parts.flat.addEventListener("blur", () => point(null));
  parts.flat.addEventListener("keydown", onMapKey);
  parts.left.addEventListener("click", () => hills.turn(-Math.PI / 8));
  parts.right.addEventListener("click", () => hills.turn(Math.PI / 8));
  parts.reset.addEventListener("click", hills.reset);
  parts.play.addEventListener("click", toggle);
  parts.time.addEventListener("input", () => seek(ground.epochs[Number(parts.time.value)]));
  new ResizeObserver(load).observe(root);

  /** For tests: what is shown and where. */
  root.nnTerrain = {
    get epoch() { return recorded(); },
    get playing() { return playing; },
    get look() { return hills.look; },
    seek,
    walkers: () => ground.walks.map((walk) => standing(walk, now)),
    onMap: (u, v) => flat.place({ u, v }),
    onHills: (u, v) => hills.place({ u, v }),
  };
  return { show };
}

export default mountOnce(".nn-terrain", null, createTerrain);
