// A training run on its way. Python sends all of it again twice a second; here it is painted over what was there.

const PROGRESS_MARGIN = { left: 46, right: 12, top: 10, bottom: 26 };
const LOWEST_SHOWN = [0.98, 0.95, 0.9, 0.8, 0.5, 0]; // where an axis of right answers may begin
const KEY_STEP = 1 / 50; // of the axis, that an arrow key moves the crosshair

function parseProgress(bytes) {
  const run = parsePacked(bytes);
  if (run.version !== 1) throw new Error(`This reads version 1 of its data, not ${run.version}.`);
  const { epoch, held_epoch } = run.arrays;
  run.since = null;
  run.curves = { train: { epoch, of: (metric) => run.arrays[metric] },
    test: { epoch: held_epoch, of: (metric) => run.arrays[`held_${metric}`] } };
  return run;
}

/** An axis of shares that leaves out what is only passed in the beginning: it begins below all but a tenth of them. */
function shareAxis(values) {
  const sorted = Float32Array.from(values).sort();
  const typical = sorted.length ? sorted[Math.floor(sorted.length / 10)] : 0;
  const low = LOWEST_SHOWN.find((bound) => bound <= typical);
  return { low, high: 1, ticks: roundTicks(low, 1, 4), label: (value) => `${formatNumber(100 * value)} %` };
}

function axisOf(run, metric, logarithmic) {
  const { train, test } = run.curves;
  const values = [...train.of(metric), ...test.of(metric)].filter(Number.isFinite);
  if (metric === "accuracy") return shareAxis(values);
  if (!values.length) values.push(run.guessing);
  return logarithmic ? powerAxis(values) : lossAxis(values);
}

/** One of the two charts: load() paints the curves, point() a crosshair at an epoch over them, null for none. */
function createChart(canvas, metric) {
  const backdrop = document.createElement("canvas");
  let run, palette, scene;

  function load(newRun, newPalette, logarithmic) {
    [run, palette] = [newRun, newPalette];
    const { clientWidth: width, clientHeight: height } = canvas;
    if (!width) return;
    const axis = axisOf(run, metric, logarithmic);
    const plot = plotWithin(PROGRESS_MARGIN, width, height);
    scene = { width, height, ...chartScene(plot, run.epochs, axis) };
    paintLayer(backdrop, width, height, (context) => {
      paintFrame(context, scene, axis, palette);
      clipTo(context, plot, 3);
      paintMarks(context, scene, run, palette);
      for (const which of ["train", "test"]) paintCurve(context, which);
      if (metric === "loss") paintGuessing(context, scene, axis, run, palette);
      if (!run.curves.train.epoch.length) announceCurves(context);
    });
  }

  /** The training batches go up and down behind; the test pictures, seldom looked at, are what matters. */
  function paintCurve(context, which) {
    const { epoch, of } = run.curves[which];
    const { x, y } = scene;
    const values = of(metric);
    useLook(context, which, palette);
    context.globalAlpha = which === "train" ? 0.5 : 1;
    context.lineWidth = which === "train" ? 1.2 : 2.4;
    traceCurve(context, epoch, values, x, y);
    context.globalAlpha = 1;
    if (which === "train") return;
    epoch.forEach((at, i) => {
      context.beginPath();
      context.arc(x(at), y(values[i]), 2.5, 0, 2 * Math.PI);
      context.fill();
    });
  }

  function announceCurves(context) {
    const { plot } = scene;
    context.font = `13px ${palette.font}`;
    context.textAlign = "center";
    context.textBaseline = "middle";
    const [middle, height] = [plot.x + plot.width / 2, plot.y + plot.height / 4];
    haloText(context, "here the curves will grow", middle, height, palette.background, palette.ink, 4);
  }

  function point(epoch) {
    if (!scene) return;
    const { width, height, plot, x } = scene;
    const context = fitCanvas(canvas, width, height);
    context.clearRect(0, 0, width, height);
    context.drawImage(backdrop, 0, 0, width, height);
    if (epoch !== null) {
      context.globalAlpha = 0.5;
      context.fillStyle = palette.ink;
      context.fillRect(x(epoch), plot.y, 1, plot.height);
      context.globalAlpha = 1;
      nameEpoch(context, epoch);
    }
    paintDots(context, epoch);
  }

  function nameEpoch(context, epoch) {
    const { plot, x } = scene;
    const rightmost = x(epoch) > plot.x + plot.width / 2;
    context.font = `12px ${palette.font}`;
    context.textAlign = rightmost ? "right" : "left";
    context.textBaseline = "bottom";
    const [left, bottom] = [x(epoch) + (rightmost ? -6 : 7), plot.y + plot.height - 4];
    const text = `epoch ${epoch.toFixed(epoch < 100 ? 2 : 0)}`;
    haloText(context, text, left, bottom, palette.background, palette.ink, 4);
  }

  /** Where the curves are at the crosshair, or where they end. */
  function paintDots(context, epoch) {
    const { x, y, plot } = scene;
    for (const which of ["train", "test"]) {
      const at = valueAt(run.curves[which], metric, epoch);
      if (!at || !(y(at.value) <= plot.y + plot.height + 1)) continue;
      useLook(context, which, palette);
      context.beginPath();
      context.arc(x(at.epoch), y(at.value), 3.5, 0, 2 * Math.PI);
      context.fill();
    }
  }

  const epochAt = ({ clientX }) => {
    const { plot, lastEpoch } = scene;
    const share = (clientX - canvas.getBoundingClientRect().left - plot.x) / plot.width;
    return Math.min(Math.max(share, 0), 1) * lastEpoch;
  };

  return { load, point, epochAt };
}

/** The point of a curve nearest to an epoch, null for its end; null where there is none. */
function valueAt(curve, metric, epoch) {
  if (!curve.epoch.length) return null;
  const at = epoch === null ? curve.epoch.length - 1 : nearestIndex(curve.epoch, epoch);
  return { epoch: curve.epoch[at], value: curve.of(metric)[at] };
}

function createBoard(root) {
  const parts = partsOf(root);
  const charts = { loss: createChart(parts.loss, "loss"), accuracy: createChart(parts.accuracy, "accuracy") };
  let run, palette;
  let logarithmic = true; // or all but the beginning would be one flat line
  let pointed = null; // epoch of the crosshair

  function show(bytes) {
    run = parseProgress(bytes);
    palette = readPalette(root);
    setText(parts.status, run.status);
    parts.bar.style.setProperty("--share", run.share);
    parts.bar.setAttribute("aria-valuenow", Math.round(100 * run.share));
    writeFigures();
    writeChanges();
    paint();
  }

  function paint() {
    for (const chart of Object.values(charts)) chart.load(run, palette, logarithmic);
    point(pointed);
  }

  function point(epoch) {
    pointed = epoch === null ? null : Math.min(epoch, run.epochs);
    for (const chart of Object.values(charts)) chart.point(pointed);
    for (const which of ["train", "test"]) {
      for (const [metric, format] of [["loss", formatFixed], ["accuracy", formatPercent]]) {
        const at = valueAt(run.curves[which], metric, pointed);
        setText(parts[`${which}-${metric}`], at ? format(at.value) : "–");
      }
    }
    for (const metric of ["loss", "accuracy"]) {
      const [train, test] = ["train", "test"].map((which) => parts[`${which}-${metric}`].textContent);
      parts[metric].setAttribute("aria-label", `Chart of ${metric}: training ${train}, test ${test}`);
    }
  }

  function writeFigures() {
    const { figures } = parts;
    while (figures.children.length < run.figures.length) figures.append(make("div", {}, make("dt"), make("dd")));
    while (figures.children.length > run.figures.length) figures.lastElementChild.remove();
    run.figures.forEach(([title, text], i) => {
      const [term, value] = figures.children[i].children;
      setText(term, title);
      setText(value, text);
    });
  }

  function writeChanges() {
    const texts = marksOf(run).map(([epoch, text]) => `From epoch ${formatCount(epoch)}: ${text}`);
    while (parts.changes.children.length < texts.length) parts.changes.append(make("li"));
    while (parts.changes.children.length > texts.length) parts.changes.lastElementChild.remove();
    texts.forEach((text, i) => setText(parts.changes.children[i], text));
  }

  parts.scale.addEventListener("click", () => {
    logarithmic = !logarithmic;
    setPressed(parts.scale, logarithmic);
    paint();
  });
  for (const [metric, chart] of Object.entries(charts)) {
    const canvas = parts[metric];
    for (const type of ["pointermove", "pointerdown"]) {
      canvas.addEventListener(type, (event) => point(chart.epochAt(event)));
    }
    for (const type of ["pointerleave", "blur"]) canvas.addEventListener(type, () => point(null));
    canvas.addEventListener("keydown", (event) => {
      const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
      if (!step) return;
      event.preventDefault();
      const from = pointed ?? run.curves.train.epoch.at(-1) ?? 0;
      point(Math.max(0, from + step * KEY_STEP * run.epochs));
    });
  }
  new ResizeObserver(() => run && paint()).observe(root);
  return { show };
}

export default mountOnce(".nn-progress", null, createBoard);
