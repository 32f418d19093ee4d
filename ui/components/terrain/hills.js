// The landscape as hills: a block of ground, seen from wherever it is turned to, without perspective.

const CORNER_TURNS = [[0, 0, -0.7], [1, 0, 0.7], [1, 1, 2.25], [0, 1, -2.25]]; // a corner of the ground, nearest there
const FIRST_LIFT = 0.8; // angles: the turns about the block, this above its floor
const ROOM_FOR_LABELS = 36; // on the left
const LIFTS = [0.1, Math.PI / 2]; // from near the floor to straight above
const SHARPNESS = { moving: 1, resting: 2 }; // pixels by CSS pixel
const UNSEEN_DEPTH = 0.025; // so far below the nearest ground a place is hidden
const TURN = Math.PI / 24; // by one press of a key
const TURN_A_PIXEL = 0.01; // under the pointer
const ABOVE_GROUND = 0.006; // ways are, so that they are not half under it

/** @param {function(boolean)} turned is to be painted again; whether it is still moving */
function createHills(canvas, turned) {
  const backdrop = document.createElement("canvas");
  const paper = document.createElement("canvas"); // of the raster
  let ground, palette, colours, size, mesh, raster, sharpness, project;
  let look, turnedByHand = false; // turn and lift
  let drawn = ""; // what the backdrop shows
  let restTimer = 0;
  let grip = null; // where a hand holds it

  const view = {
    trails: [],
    place: (u, v, rise) => project(u, v, rise + ABOVE_GROUND),
    sees([x, y, depth]) {
      if (!Number.isFinite(x + y)) return false;
      const at = Math.floor(y * sharpness) * raster.width + Math.floor(x * sharpness);
      return !(raster.depths[at] > depth + UNSEEN_DEPTH);
    },
  };

  function load(newGround, newPalette, newColours) {
    [ground, palette, colours] = [newGround, newPalette, newColours];
    size = [canvas.clientWidth, canvas.clientHeight];
    mesh = makeMesh(ground);
    drawn = "";
    if (!turnedByHand) look = firstLook();
  }

  /** From the corner that has the lowest ground about it, so that little stands before the valley. */
  function firstLook() {
    const { steps, rises } = ground;
    const sums = CORNER_TURNS.map(([u, v]) => {
      let sum = 0;
      rises.forEach((rise, at) => {
        const near = (at % steps) / steps < 0.5 === (u === 0) && at / rises.length < 0.5 === (v === 0);
        if (near && !Number.isNaN(rise)) sum += rise;
      });
      return sum;
    });
    return { turn: CORNER_TURNS[sums.indexOf(Math.min(...sums))][2], lift: FIRST_LIFT };
  }

  /** From the ground to CSS pixels, and how near to the eye: a turn about the upright axis, then one forwards. */
  function projection({ turn, lift }, [width, height]) {
    const scale = Math.min((width - 2 * ROOM_FOR_LABELS) / Math.SQRT2, height / 1.45);
    const [middle, centre] = [width / 2 + ROOM_FOR_LABELS / 3, height / 2 - 8];
    const [cosine, sine, flat, steep] = [Math.cos(turn), Math.sin(turn), Math.sin(lift), Math.cos(lift)];
    return (u, v, rise) => {
      const [x, y, z] = [u - 0.5, v - 0.5, (rise - 0.5) * HILL_HEIGHT];
      const away = -x * sine + y * cosine;
      const up = z * steep + away * flat;
      return [middle + scale * (x * cosine + y * sine), centre - scale * up, z * flat - away * steep];
    };
  }

  function prepare(moving) {
    const wanted = JSON.stringify([look, size, moving]);
    if (wanted === drawn) return;
    drawn = wanted;
    sharpness = moving ? SHARPNESS.moving : SHARPNESS.resting;
    project = projection(look, size);
    fillRaster();
    view.trails = ground.walks.map(({ trail }) => placeTrail(view, trail));
    paintLayer(backdrop, ...size, (context) => {
      paintNames(context);
      context.drawImage(paper, 0, 0, ...size);
      paintHeights(context);
    });
  }

  function fillRaster() {
    const [width, height] = size.map((length) => Math.round(length * sharpness));
    raster = emptyRaster(raster, width, height);
    const [x, y, depth] = [0, 1, 2].map(() => new Float64Array(mesh.count));
    for (let i = 0; i < mesh.count; i++) {
      const place = project(mesh.u[i], mesh.v[i], mesh.rise[i]);
      [x[i], y[i], depth[i]] = [place[0] * sharpness, place[1] * sharpness, place[2]];
    }
    const seen = { ...mesh, x, y, depth };
    const { triangles } = mesh;
    const lines = { tones: colours.tones, lines: ground.lines, ink: channels(palette.outline), thick: 0.9 * sharpness };
    for (let at = 0; at < triangles.length; at += 3) {
      fillTriangle(raster, seen, triangles[at], triangles[at + 1], triangles[at + 2], lines);
    }
    [paper.width, paper.height] = [width, height];
    paper.getContext("2d").putImageData(raster.image, 0, 0);
  }

  /** What the sides are called, along the two lower edges that are nearest. */
  function paintNames(context) {
    context.font = `italic 13px ${palette.font}`;
    context.fillStyle = palette.ink;
    context.textAlign = "center";
    context.textBaseline = "middle";
    const edges = [[[[0, 0], [1, 0]], [[0, 1], [1, 1]]], [[[0, 0], [0, 1]], [[1, 0], [1, 1]]]];
    edges.forEach((pair, which) => {
      const ends = pair.map((corners) => corners.map(([u, v]) => project(u, v, 0)).sort((a, b) => a[0] - b[0]));
      const [[left, right]] = ends.sort(([a, b], [c, d]) => c[2] + d[2] - a[2] - b[2]);
      const [across, down] = [right[0] - left[0], right[1] - left[1]];
      context.save();
      context.translate((left[0] + right[0]) / 2, (left[1] + right[1]) / 2);
      context.rotate(Math.atan2(down, across));
      context.fillText(fitText(context, ground.axes[which].split(", ")[0], Math.hypot(across, down)), 0, 14);
      context.restore();
    });
  }

  /** Losses along the upright edge that is farthest to the left. */
  function paintHeights(context) {
    if (look.lift > 1.2) return;
    const corners = [[0, 0], [0, 1], [1, 0], [1, 1]];
    const [u, v] = corners.reduce((best, each) => (project(...each, 0)[0] < project(...best, 0)[0] ? each : best));
    context.font = `12px ${palette.font}`;
    context.textAlign = "right";
    context.textBaseline = "middle";
    context.fillStyle = context.strokeStyle = palette.ink;
    let above = Infinity;
    for (const loss of ground.labels) {
      const [x, y] = project(u, v, riseOf(ground, Math.log10(loss)));
      if (above - y < 13) continue;
      above = y;
      context.fillRect(x - 5, Math.round(y), 5, 1);
      context.fillText(formatLevel(loss), x - 8, y);
    }
  }

  function paint(epoch, pointed, moving = false) {
    if (!size?.[0]) return;
    prepare(moving);
    const context = fitCanvas(canvas, ...size);
    context.clearRect(0, 0, ...size);
    context.drawImage(backdrop, 0, 0, ...size);
    paintWalkers(context, view, ground, colours.walks, epoch, palette);
    if (pointed) paintPointed(context, view, ground, pointed, palette);
  }

  /** Look from somewhere else, or as at first for null: coarse while it turns, sharp when it rests. */
  function stand(place) {
    turnedByHand = place !== null;
    place ??= firstLook();
    look = { turn: place.turn, lift: Math.max(LIFTS[0], Math.min(LIFTS[1], place.lift)) };
    turned(true);
    clearTimeout(restTimer);
    restTimer = setTimeout(() => turned(false), 160);
  }

  // --- hands ---

  /** Look from so much farther round and higher up. */
  const turn = (round, up = 0) => stand({ turn: look.turn + round, lift: look.lift + up });

  function onKey(event) {
    const step = ARROWS[event.key];
    if (!step) return;
    event.preventDefault();
    turn(TURN * step[0], TURN * step[1]);
  }

  function onGrip(event) {
    if (event.button || grip) return; // one pointer at a time
    grip = { x: event.clientX, y: event.clientY, pointer: event.pointerId, ...look };
    canvas.setPointerCapture(event.pointerId);
  }

  function onDrag(event) {
    if (event.pointerId !== grip?.pointer) return;
    const [across, down] = [event.clientX - grip.x, event.clientY - grip.y];
    stand({ turn: grip.turn - TURN_A_PIXEL * across, lift: grip.lift + TURN_A_PIXEL * down });
  }

  canvas.addEventListener("keydown", onKey);
  canvas.addEventListener("pointerdown", onGrip);
  canvas.addEventListener("pointermove", onDrag);
  for (const type of ["pointerup", "pointercancel"]) canvas.addEventListener(type, () => (grip = null));

  return {
    load, paint, turn,
    reset: () => stand(null),
    get look() { return look; },
    place: ({ u, v }) => view.place(u, v, riseAt(ground, u, v)),
  };
}
