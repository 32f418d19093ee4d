// The landscape from above: loss as shades, with a contour line at each round level.

/** In what coordinates are written: 1, and a power of ten where they are too long for that. */
function unitFor(domain) {
  const farthest = Math.max(...domain.map(Math.abs));
  return farthest < 1e6 ? 1 : 10 ** Math.floor(Math.log10(farthest));
}

function createFlat(canvas) {
  const backdrop = document.createElement("canvas");
  let ground, palette, colours, size, plot;

  const view = {
    trails: [],
    place: (u, v) => [plot.x + u * plot.width, plot.y + (1 - v) * plot.height],
    sees: ([x, y]) => Number.isFinite(x + y),
  };

  function load(newGround, newPalette, newColours) {
    [ground, palette, colours] = [newGround, newPalette, newColours];
    size = [canvas.clientWidth, canvas.clientHeight];
    if (!size[0]) return;
    plot = plotWithin(MAP_MARGIN, ...size);
    view.trails = ground.walks.map(({ trail }) => placeTrail(view, trail));
    paintLayer(backdrop, ...size, paintGround);
  }

  function paintGround(context) {
    const { axes, domain } = ground;
    const unit = unitFor(domain);
    const ending = unit === 1 ? "" : `, in ${formatLevel(unit)}`;
    const named = axes.map((title) => ({ title: title + ending, zero: 0, unit: 1 / unit }));
    paintAxes(context, { plot, width: size[0], height: size[1], domain, axes: named }, palette);
    clipTo(context, plot);
    paintShades(context);
    paintContours(context);
    paintGaps(context);
  }

  /** Pictures and lines are written from the top, the ground from below. */
  function fromTop(valueOf) {
    const { steps, rises } = ground;
    const values = new Float64Array(steps * steps);
    for (let i = 0; i < values.length; i++) {
      values[i] = valueOf(rises[(steps - 1 - Math.floor(i / steps)) * steps + (i % steps)]);
    }
    return values;
  }

  function paintShades(context) {
    const picture = makePicture(ground.steps);
    fromTop((rise) => colours.tones[Math.round(255 * (Number.isNaN(rise) ? 1 : rise))]).forEach((tone, i) => {
      picture.pixels[i] = tone;
    });
    showPicture(picture);
    drawPicture(context, picture, plot);
  }

  function paintContours(context) {
    context.beginPath();
    for (const level of ground.lines) {
      traceZero(context, fromTop((rise) => (Number.isNaN(rise) ? 1 : rise) - level), ground.steps, plot);
    }
    context.lineWidth = 0.9;
    context.strokeStyle = palette.outline;
    context.globalAlpha = LINE_STRENGTH;
    context.stroke();
    context.globalAlpha = 1;
  }

  /** Cells with a corner where the loss is no number. */
  function paintGaps(context) {
    const { steps } = ground;
    const rises = fromTop((rise) => rise);
    const cell = plot.width / (steps - 1), tall = plot.height / (steps - 1);
    context.fillStyle = palette.outline;
    for (let at = 0; at < rises.length - steps; at++) {
      const column = at % steps;
      if (column === steps - 1) continue;
      const corners = [at, at + 1, at + steps, at + steps + 1];
      if (!corners.some((corner) => Number.isNaN(rises[corner]))) continue;
      context.fillRect(plot.x + column * cell, plot.y + Math.floor(at / steps) * tall, cell + 0.5, tall + 0.5);
    }
  }

  function paint(epoch, pointed) {
    if (!size?.[0]) return;
    const context = fitCanvas(canvas, ...size);
    context.clearRect(0, 0, ...size);
    context.drawImage(backdrop, 0, 0, ...size);
    context.save();
    clipTo(context, plot);
    paintWalkers(context, view, ground, colours.walks, epoch, palette);
    if (pointed) paintPointed(context, view, ground, pointed, palette);
    context.restore();
  }

  /** The place of the ground at a pixel, as shares of the window. */
  const placeAt = ([x, y]) => ({ u: (x - plot.x) / plot.width, v: 1 - (y - plot.y) / plot.height });

  return { load, paint, placeAt, place: ({ u, v }) => view.place(u, v) };
}
