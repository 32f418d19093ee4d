// A field: what a network answers all over the plane, as colours, the border between its answers, and the axes around.
//
// One idea serves every task: at each place the network leans towards one class with a strength from 0 to 1. Two
// classes: strength is |2p - 1|; more: how far the likeliest is ahead of the second; regression: the sign is the class,
// and the size, relative to the data, the strength. A view says what becomes of the two: a colour and how far it stands
// out from white, the colour alone, or the strength alone.

const MAP_MARGIN = { left: 42, right: 10, top: 24, bottom: 36 };

/** What can be shown of the plane; those of regression stand at the end. */
const VIEWS = {
  probability: { title: "Probability", help: "Shows the likelier class by its colour: the paler, the less sure" },
  classes: { title: "Classes", help: "Shows the likelier class alone, however sure the network is" },
  confidence: { title: "Confidence", help: "Shows how sure the network is, whatever the class: white is undecided" },
  surface: { title: "Answer", help: "Shows the answer: blue above zero, orange below" },
  residuals: { title: "Residuals", help: "Shows how far the answer is off at each point: the larger, the farther" },
};
const viewsOf = ({ task }) => Object.keys(VIEWS).slice(...(task === "regression" ? [3, 5] : [0, 3]));

const FLAT_STRENGTH = 190; // of 255: the colour of a class in the view of classes; the markers stay darker

/** The picture of a field, `cells` pixels a side, and room for its border line. */
function makePicture(cells) {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = cells;
  const image = new ImageData(cells, cells);
  return { cells, canvas, image, pixels: new Uint32Array(image.data.buffer), border: new Float64Array(cells * cells) };
}

/**
 * Colour a picture from the network's answers. `scale` is the value of the strongest colour, for regression. For the
 * view "confidence" the last of the shades are those of no class.
 */
function colourField(picture, outputs, run, shades, scale, view = "probability") {
  const { pixels } = picture;
  const n = pixels.length;
  const several = run.task === "multiclass";
  const [middle, reach] = run.task === "binary" ? [0.5, 0.5] : [0, scale];
  const [flat, hueless] = [view === "classes", view === "confidence"];
  for (let i = 0; i < n; i++) {
    const one = run.task === "binary" ? saysOne(outputs[i]) : outputs[i] > middle;
    const k = several ? winner(outputs, n, i) : Number(one);
    const strength = several ? lead(outputs, n, i, k) : Math.min(Math.abs(outputs[i] - middle) / reach, 1);
    const shade = flat ? FLAT_STRENGTH : Math.round(255 * strength);
    pixels[i] = shades[hueless ? shades.length - 256 + shade : 256 * k + shade];
  }
  showPicture(picture);
}

/** Bring the pixels onto the canvas. */
function showPicture({ canvas, image }) {
  canvas.getContext("2d").putImageData(image, 0, 0);
}

/** The outermost cells lie on the edges of the plane: their centres, half a pixel inside, are stretched to the plot. */
function drawPicture(context, { canvas, cells }, { x, y, width, height }) {
  context.imageSmoothingQuality = "low"; // bilinear
  context.drawImage(canvas, 0.5, 0.5, cells - 1, cells - 1, x, y, width, height);
}

/** The lines between the classes: p = 0.5, where two classes tie, or for regression where the output is zero. */
function traceBorders(context, picture, outputs, run, plot) {
  const { border, cells } = picture;
  const n = border.length;
  if (run.task !== "multiclass") {
    const middle = run.task === "binary" ? MORE_LIKELY : 0;
    for (let i = 0; i < n; i++) border[i] = outputs[i] - middle;
    traceZero(context, border, cells, plot);
    return;
  }
  for (let k = 0; k < classCount(run); k++) {
    for (let i = 0; i < n; i++) border[i] = lead(outputs, n, i, k);
    traceZero(context, border, cells, plot);
  }
}

/** The round numbers of an axis in the visitor's own units, about `count` of them: [place in the plane, text]. */
function ticksOf(axis, low, high, count) {
  const [first, last] = [toAxis(axis, low), toAxis(axis, high)];
  const step = roundStep(last - first, count);
  return roundTicks(first, last, count).map((tick) => [fromAxis(axis, tick), formatTick(tick, step)]);
}

function paintAxes(context, { plot, width, height, domain, axes, steps = 5 }, palette) {
  const [x1Low, x1High, x2Low, x2High] = domain;
  context.strokeStyle = palette.line;
  context.lineWidth = 1;
  context.strokeRect(plot.x - 0.5, plot.y - 0.5, plot.width + 1, plot.height + 1);
  context.fillStyle = palette.ink;
  context.font = `12px ${palette.font}`;
  context.globalAlpha = 0.75;
  context.textAlign = "center";
  context.textBaseline = "top";
  for (const [x1, text] of ticksOf(axes[0], x1Low, x1High, steps)) {
    context.fillText(text, leftOf(x1, plot, domain), plot.y + plot.height + 6);
  }
  context.textAlign = "right";
  context.textBaseline = "middle";
  for (const [x2, text] of axes[1] ? ticksOf(axes[1], x2Low, x2High, steps) : []) {
    context.fillText(text, plot.x - 7, topOf(x2, plot, domain), plot.x - 8);
  }
  context.globalAlpha = 1;
  context.font = `italic 13px ${palette.font}`;
  context.textBaseline = "bottom";
  context.textAlign = "center";
  context.fillText(fitText(context, axes[0].title, plot.width), plot.x + plot.width / 2, height);
  const title = fitText(context, axes[1]?.title ?? "", width - 4); // above the upright axis, where a long one has room
  const half = context.measureText(title).width / 2;
  context.fillText(title, Math.max(plot.x, half + 2), plot.y - 4);
}
