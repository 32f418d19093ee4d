// The map of the plane: the network's field (field.js) or a neuron's, and the data over it.

/** A button for each view of the plane that fits the run. */
function createViewBar(map) {
  const bar = make("div", { class: "switch", role: "group", "aria-label": "View of the plane" });
  const buttons = Object.entries(VIEWS).map(([view, { title, help }]) => {
    const button = make("button", { type: "button", title: help }, title);
    button.addEventListener("click", () => map.choose({ view }));
    return [view, button];
  });

  function write() {
    const names = viewsOf(map.run);
    const offered = buttons.filter(([view]) => names.includes(view));
    if (bar.firstChild !== offered[0][1]) bar.replaceChildren(...offered.map(([, button]) => button));
    press(offered, (view) => view === map.view);
  }

  return { bar, write };
}

/**
 * The picture on one canvas. load() takes a run, colours and size; paint() what is shown, and is all a frame costs.
 * @param {{canvas: HTMLCanvasElement, bar: HTMLElement, key: HTMLElement}} parts the last two empty, for its buttons
 *   and for what its colours and marks mean
 * @param {Actions} actions
 */
function createMap({ canvas, bar, key }, actions) {
  const [frame, marks] = [document.createElement("canvas"), document.createElement("canvas")];
  const note = make("p", { class: "neuron-note", hidden: "" }); // what the neuron looked at separates
  const stamps = new Map(); // by look; kept until the colours change
  const data = keepPoints();
  let run, scene, look, points, sides, pictures, last;
  let drawn = {};
  let own = null; // the visitor's own points while they are painted: newer than those of the run
  let keyed = ""; // what the key was made of
  canvas.after(note);

  /** Everything that does not depend on the epoch. Repeating it with the same data, size and colours costs nothing. */
  function load(newRun, palette, width, height) {
    run = newRun;
    const { network, domain, task, axes } = run;
    const sketch = JSON.stringify([network, domain, task, axes, width, height, palette]);
    if (drawn.sketch !== sketch) setScene(palette, width, height);
    if (drawn.sketch !== sketch || !sameNumbers(drawn.points, run.arrays.points)) {
      look.scale = largestTarget(run);
      data.outdate();
    }
    drawn = { sketch, points: run.arrays.points };
    writeChoices();
    brush.load(run, palette);
  }

  function setScene(palette, width, height) {
    scene = { plot: plotWithin(MAP_MARGIN, width, height), width, height, domain: run.domain, axes: run.axes };
    const colours = Array.from({ length: classCount(run) }, (_, k) => colourOf(palette, k));
    look = { palette, shades: shadesOf([...colours, palette.outline]) };
    pictures = {}; // made when they are first painted: the fine one is not needed while a slider is dragged
    stamps.clear();
    paintLayer(frame, width, height, (context) => paintAxes(context, scene, palette));
  }

  /** The key, and which of the buttons are pressed. */
  function writeChoices() {
    const { palette, scale } = look;
    const wanted = JSON.stringify([run.task, run.classes, run.axes, viewNow(), palette, scale]);
    if (wanted !== keyed) key.replaceChildren(...makeKey(run, viewNow(), palette, scale, flip));
    keyed = wanted;
    for (const button of key.querySelectorAll("[data-switch]")) {
      setPressed(button, taste[button.dataset.switch]);
    }
    views.write();
  }

  /** The points in force, with their marks on a layer of their own: only when they are others than before. */
  function placeData(epoch) {
    const before = points;
    points = data.at(run, epoch, scene, own);
    if (points === before) return;
    sides = new Float64Array(points.n);
    paintLayer(marks, scene.width, scene.height, (context) => {
      clipTo(context, scene.plot);
      paintPoints(context, points, run, look.palette, look.shades, stamps);
      paintCounts(context, points, scene, look.palette);
    });
  }

  /** Paint the field, its border and the data. */
  function paint(shown) {
    last = shown;
    const { parameters, field, focus, epoch } = shown;
    const { palette } = look;
    const { plot, width, height } = scene;
    placeData(epoch);
    const context = fitCanvas(canvas, width, height);
    const picture = (pictures[field.cells] ??= makePicture(field.cells));
    const answers = forward(run.network, parameters, points.batch);
    const residuals = !focus && viewNow() === "residuals";
    context.clearRect(0, 0, width, height);
    context.fillStyle = palette.contrast;
    context.fillRect(plot.x, plot.y, plot.width, plot.height);
    context.beginPath();
    if (focus) {
      paintTile(picture.pixels, field.cells, run, focus, field, look.shades, look.scale);
      showPicture(picture);
      traceZero(context, neuronSides(run.network, parameters, field.batch, focus, picture.border), field.cells, plot);
    } else {
      const outputs = field.batch.layers.at(-1);
      colourField(picture, outputs, run, look.shades, look.scale, viewNow());
      traceBorders(context, picture, outputs, run, plot);
    }
    context.globalAlpha = residuals ? 0.35 : 1;
    drawPicture(context, picture, plot);
    context.strokeStyle = palette.outline;
    context.lineWidth = viewNow() === "classes" && !focus ? 2.4 : 1.6;
    context.stroke();
    context.globalAlpha = 1;
    context.drawImage(frame, 0, 0, width, height);
    paintData(context, answers, residuals, shown);
    writeNote(focus);
  }

  function paintData(context, answers, residuals, { focus, parameters, place }) {
    const { width, height } = scene;
    context.save();
    clipTo(context, scene.plot);
    if (focus) {
      neuronSides(run.network, parameters, points.batch, focus, sides);
      paintPoints(context, points, run, look.palette, look.shades, stamps, sides);
    } else if (residuals) {
      paintResiduals(context, points, answers, look.palette);
    } else {
      context.drawImage(marks, 0, 0, width, height);
      if (run.task !== "regression" && taste.errors) markWrong(context, points, answers, look.palette);
    }
    if (place?.ring) {
      const { x, y } = map.pixelOf(place.x1, place.x2);
      paintRing(context, x, y, look.palette);
    }
    context.restore();
  }

  function writeNote(focus) {
    note.hidden = !focus;
    key.classList.toggle("elsewhere", Boolean(focus)); // the ramp is that of the output
    if (focus) setText(note, `${neuronName(run, focus)}: ${separationInWords(run, focus, points, sides)}`);
  }

  /** The pixel of the canvas under a pointer event. */
  function pixelAt(event) {
    const box = canvas.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  }

  function onPlane({ x, y }) {
    const { plot } = scene;
    return x >= plot.x && x <= plot.x + plot.width && y >= plot.y && y <= plot.y + plot.height;
  }

  /** The place of the plane at a pixel, also beyond the plot. */
  function placeOf({ x, y }) {
    const { plot } = scene;
    const [x1Low, x1High, x2Low, x2High] = run.domain;
    return {
      x1: x1Low + ((x - plot.x) / plot.width) * (x1High - x1Low),
      x2: x2High - ((y - plot.y) / plot.height) * (x2High - x2Low),
    };
  }

  /** The place of the plane under a pointer event, or null outside the plot. */
  function placeAt(event) {
    const at = pixelAt(event);
    return onPlane(at) ? placeOf(at) : null;
  }

  const kind = () => (run.task === "regression" ? "regression" : "classification");
  const viewNow = () => taste[kind()];

  function repaint() {
    if (last) paint(last);
  }

  const map = {
    load, paint, repaint, pixelAt, onPlane, placeOf, placeAt,
    close: () => brush.close(),
    get run() { return run; },
    get view() { return viewNow(); },
    /** Show another view ({view}), or show or hide errors and test points ({errors}, {tests}). */
    choose({ view = viewNow(), ...switches }) {
      Object.assign(taste, { [kind()]: view, ...switches });
      writeChoices();
      repaint();
    },
    /** Draw these own points instead of the run's from the next painting on; null: the run's again. */
    setOwn(newOwn) {
      own = newOwn;
      data.outdate();
    },
    /** The pixel of a place. */
    pixelOf: (x1, x2) => ({ x: leftOf(x1, scene.plot, run.domain), y: topOf(x2, scene.plot, run.domain) }),
  };
  const flip = (name) => map.choose({ [name]: !taste[name] });
  const views = createViewBar(map);
  const brush = createBrush(canvas, map, actions);
  bar.replaceChildren(views.bar, brush.opener);
  return map;
}
