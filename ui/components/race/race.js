// A race: runners in one chart, each in a colour and a pattern of its own, and a table of how each did.

const RACE_MARGIN = { left: 52, right: 14, top: 10, bottom: 28 };
const LOW_BAND = 0, MIDDLE = 1, HIGH_BAND = 2;

function parseRace(bytes) {
  const race = parsePacked(bytes);
  if (race.version !== 1) throw new Error(`The race reads version 1 of its data, not ${race.version}.`);
  const n = race.arrays.epoch.length;
  race.band = (runner, which) => race.arrays.bands.subarray((3 * runner + which) * n, (3 * runner + which + 1) * n);
  return race;
}

const runnerColour = (runner) => (runner < PIN_DASHES.length ? `--pin-${runner}` : "--runner-8");
const runnerDash = (runner) => PIN_DASHES[runner % PIN_DASHES.length];

function createRace(root) {
  const parts = partsOf(root);
  const backdrop = document.createElement("canvas");
  let race, bytes, palette, scene;
  let pointed = null; // a runner

  function show(newBytes) {
    const newPalette = readPalette(root);
    const same = bytes && sameNumbers(bytes, newBytes) && JSON.stringify(newPalette) === JSON.stringify(palette);
    if (same) return;
    [bytes, palette] = [newBytes, newPalette];
    race = parseRace(bytes);
    write();
    paint();
  }

  const colourOfRunner = (runner) => getComputedStyle(root).getPropertyValue(runnerColour(runner)).trim();

  function write() {
    setText(parts.title, `${race.loss[0].toUpperCase()}${race.loss.slice(1)} by epoch`);
    setText(parts.verb, `seeds that ${race.verb}`);
    parts.rows.replaceChildren(...race.runners.map(makeRow));
    parts.legend.replaceChildren(...race.runners.map(({ name }, runner) => make("span", {}, makeLine(runner), name)));
    const told = race.runners.map(({ name, solved }) => `${name}: ${solved[0]} of ${solved[1]} seeds ${race.verb}`);
    parts.chart.setAttribute("aria-label", `Losses of a race. ${told.join("; ")}`);
  }

  function makeLine(runner) {
    const look = { stroke: `var(${runnerColour(runner)})`, "stroke-dasharray": runnerDash(runner).join(" ") };
    return make("svg", { viewBox: "0 0 34 10", "aria-hidden": "true" }, make("path", { d: "M0 5H34", ...look }));
  }

  function makeRow({ name, rate, solved, epoch, diverged, loss }, runner) {
    const [count, of, low, high] = solved;
    const share = make("span", { class: "share", style: `--runner: var(${runnerColour(runner)})` });
    if (of) {
      share.append(make("i", { style: `width: ${(100 * count) / of}%` }));
      share.append(make("b", { style: `left: ${100 * low}%; width: ${100 * (high - low)}%`, title: "95 % sure" }));
    }
    const lost = diverged ? `, ${diverged} diverged` : "";
    const row = make("tr", {}, make("th", { scope: "row" }, makeLine(runner), name), make("td", {}, formatNumber(rate)),
      make("td", {}, of ? `${count} of ${of}${lost}` : "–"), make("td", {}, share),
      make("td", {}, epoch === null ? "–" : formatCount(epoch)),
      make("td", {}, loss === null ? "–" : formatNumber(loss)));
    row.addEventListener("pointerenter", () => point(runner));
    row.addEventListener("pointerleave", () => point(null));
    return row;
  }

  function paint() {
    const { clientWidth: width, clientHeight: height } = parts.chart;
    if (!width) return;
    const axis = fineAxis([race.arrays.bands]);
    const plot = plotWithin(RACE_MARGIN, width, height);
    scene = { width, height, axis, ...chartScene(plot, Math.max(1, race.epochs), axis) };
    paintLayer(backdrop, width, height, (context) => {
      paintFrame(context, scene, axis, palette);
      clipTo(context, plot, 3);
      race.runners.forEach((_, runner) => paintSpread(context, runner, 0.13));
      race.runners.forEach((_, runner) => paintLine(context, runner, 2.2));
    });
    point(pointed);
  }

  function paintSpread(context, runner, alpha) {
    const [low, high] = [race.band(runner, LOW_BAND), race.band(runner, HIGH_BAND)];
    paintBand(context, scene, race.arrays.epoch, low, high, colourOfRunner(runner), alpha);
  }

  function paintLine(context, runner, width) {
    context.strokeStyle = colourOfRunner(runner);
    context.lineWidth = width;
    context.setLineDash(runnerDash(runner));
    traceCurve(context, race.arrays.epoch, race.band(runner, MIDDLE), scene.x, scene.y);
    context.setLineDash([]);
  }

  /** Repaint, with one runner in front, or none for null; and a line at an epoch, with what each is at there. */
  function point(runner, epoch = null, top = 0) {
    pointed = runner;
    [...parts.rows.children].forEach((row, i) => row.classList.toggle("pointed", i === runner));
    if (!scene) return;
    const context = fitCanvas(parts.chart, scene.width, scene.height);
    context.clearRect(0, 0, scene.width, scene.height);
    context.drawImage(backdrop, 0, 0, scene.width, scene.height);
    context.save();
    clipTo(context, scene.plot, 3);
    if (runner !== null) {
      paintSpread(context, runner, 0.25);
      paintLine(context, runner, 4);
    }
    context.restore();
    const at = epoch === null ? -1 : nearestIndex(race.arrays.epoch, epoch);
    if (at >= 0) {
      context.globalAlpha = 0.5;
      context.fillStyle = palette.ink;
      context.fillRect(scene.x(race.arrays.epoch[at]), scene.plot.y, 1, scene.plot.height);
      context.globalAlpha = 1;
    }
    showReadout(parts.readout, at < 0 ? null : tell(at), at < 0 ? 0 : scene.x(race.arrays.epoch[at]), top);
  }

  /** The losses at a recorded epoch, lowest first. */
  function tell(at) {
    const losses = race.runners.map(({ name }, runner) => [race.band(runner, MIDDLE)[at], name]);
    const order = losses.sort(([a], [b]) => (Number.isFinite(a) ? a : Infinity) - (Number.isFinite(b) ? b : Infinity));
    const lines = order.map(([loss, name]) => `${name} ${formatNumber(loss)}`);
    return [`epoch ${formatCount(race.arrays.epoch[at])}`, ...lines].join("\n");
  }

  function epochAt({ clientX }) {
    const share = (clientX - parts.chart.getBoundingClientRect().left - scene.plot.x) / scene.plot.width;
    return Math.min(Math.max(share, 0), 1) * scene.lastEpoch;
  }

  for (const type of ["pointermove", "pointerdown"]) {
    parts.chart.addEventListener(type, (event) => scene && point(null, epochAt(event), event.offsetY));
  }
  for (const type of ["pointerleave", "blur"]) parts.chart.addEventListener(type, () => point(null));
  let epochOfKeys = 0;
  parts.chart.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!step || !scene) return;
    event.preventDefault();
    epochOfKeys = Math.min(Math.max(epochOfKeys + (step * scene.lastEpoch) / 50, 0), scene.lastEpoch);
    point(null, epochOfKeys, scene.plot.y + 60);
  });
  new ResizeObserver(() => race && paint()).observe(root);

  return { show };
}

export default mountOnce(".nn-race", null, createRace);
