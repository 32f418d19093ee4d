// Thousands of pictures as points: dots while there are many, their classes' signs when there are fewer, and the
// pictures themselves when few are left. Drag, wheel, two fingers or keys move; a click picks one.

const DOTS = 1200; // from so many in sight on, points are dots
const SIGNS = 160; // from so many on, signs; below, pictures, ...
const APART = 2; // ... if the map is this many times larger than the whole, so that they hardly overlap
const SIGN_ROOM = 22; // pixels between the signs of two classes
const CLOSE = 24; // pixels: a point this near is meant
const SLACK = 5; // pixels a pointer may move and still click
const STEP = 1.5; // times larger at a press of a button or key
const HUES = 10; // colours there are; with more classes they come again, and the signs tell them apart
const WHEEL = 0.0016; // how much larger at a pixel of the wheel
const HINT = "Zoom in to see them, with + and −, two fingers or, after a click, the wheel; drag to move.";

/** The payload of digit_map/__init__.py without its pictures, which are unpacked later. */
function parseMap(bytes) {
  const { header, rest } = openContainer(bytes);
  if (header.version !== 1) throw new Error(`The map reads version 1 of its data, not ${header.version}.`);
  const array = ([offset, length]) => new Float32Array(rest.buffer, rest.byteOffset + 4 * offset, length);
  const [points, sure] = [array(header.arrays.points), array(header.arrays.sure)];
  const n = sure.length;
  const behind = rest.subarray(4 * (points.length + n));
  const [labels, read, packed] = [[0, n], [n, 2 * n], [2 * n]].map((ends) => behind.subarray(...ends));
  return { ...header, n, points, sure, labels, read, packed };
}

async function unpack(bytes) {
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

function createDigitMap(root, carrier) {
  const parts = partsOf(root);
  const { canvas, frame, readout } = parts;
  const hidden = new Set(); // classes that are switched off
  const pointers = new Map(); // that are down: id -> [x, y]
  let shown, plane, palette, colours, pictures, bytes;
  let onlyMistakes = false;
  let [pointed, picked, waiting] = [null, null, null];
  let travelled = 0; // pixels since the pointer went down

  function show(newBytes) {
    palette = readPalette(root);
    colours = Array.from({ length: HUES }, (_, k) => getComputedStyle(root).getPropertyValue(`--glyph-${k}`).trim());
    if (!bytes || !sameNumbers(bytes, newBytes)) load(newBytes);
    repaint();
  }

  async function load(newBytes) {
    const before = shown;
    bytes = newBytes;
    shown = parseMap(bytes);
    plane = createPlane(shown.points);
    if (picked >= shown.n) picked = null;
    point(null);
    canvas.setAttribute("aria-label", `${shown.label} Arrow keys move, plus and minus zoom, Enter picks the middle.`);
    if (JSON.stringify(before?.names) !== JSON.stringify(shown.names)) offerClasses();
    const own = shown;
    if (before && sameNumbers(before.packed, own.packed)) return;
    pictures = null;
    const unpacked = await unpack(own.packed);
    if (own !== shown) return; // other data came meanwhile
    pictures = unpacked;
    repaint();
  }

  const colourOfClass = (k) => colours[k % HUES];
  const sign = (k) => (shown.names[k].length < 3 ? shown.names[k] : String(k));
  const isWrong = (i) => shown.labels[i] !== shown.read[i];
  const isOn = (i) => !hidden.has(shown.labels[i]) && (!onlyMistakes || isWrong(i));

  function offerClasses() {
    hidden.clear();
    parts.classes.replaceChildren(...shown.names.map((name, k) => {
      const text = sign(k) === name ? name : `${sign(k)} ${name}`;
      const style = `--colour: var(--glyph-${k % HUES})`;
      const button = make("button", { type: "button", "aria-pressed": true, style }, text);
      button.addEventListener("click", () => {
        if (!hidden.delete(k)) hidden.add(k);
        setPressed(button, !hidden.has(k));
        repaint();
      });
      return button;
    }));
  }

  // --- painting ---

  function repaint() {
    waiting ??= requestAnimationFrame(() => {
      waiting = null;
      paint();
    });
  }

  function paint() {
    const [width, height] = [canvas.clientWidth, canvas.clientHeight];
    if (!width) return;
    const context = fitCanvas(canvas, width, height);
    plane.resize(width, height);
    context.clearRect(0, 0, width, height);
    const inSight = [];
    for (let i = 0; i < shown.n; i++) if (isOn(i) && plane.sees(plane.place(i))) inSight.push(i);
    const few = inSight.length < SIGNS && plane.zoom > APART && pictures;
    const form = inSight.length >= DOTS ? "dots" : few ? "pictures" : "signs";
    ({ dots: paintDots, signs: paintSigns, pictures: paintPictures })[form](context, inSight);
    if (form !== "pictures") ringMistakes(context, inSight, form === "dots" ? 4 : 9);
    if (form === "dots") nameClasses(context);
    const radius = form === "pictures" ? sizeOf(inSight) * 0.75 : 13; // around its picture
    for (const i of new Set([pointed, picked])) if (i !== null && isOn(i)) ringOne(context, i, radius, i === picked);
    frame.classList.toggle("near", plane.zoom > 1);
    const count = `${formatCount(inSight.length)} ${inSight.length === 1 ? "picture" : "pictures"} in sight`;
    setText(parts.hint, `${count}; a ring marks a mistake. ${HINT}`);
  }

  function paintDots(context, inSight) {
    const radius = Math.min(2 + Math.log2(plane.zoom) / 2, 4);
    context.globalAlpha = 0.75;
    shown.names.forEach((_, k) => {
      context.beginPath();
      for (const i of inSight) {
        if (shown.labels[i] !== k) continue;
        const [x, y] = plane.place(i);
        context.moveTo(x + radius, y);
        context.arc(x, y, radius, 0, 2 * Math.PI);
      }
      context.fillStyle = colourOfClass(k);
      context.fill();
    });
    context.globalAlpha = 1;
  }

  function paintSigns(context, inSight) {
    context.font = `600 14px ${palette.font}`;
    context.textAlign = "center";
    context.textBaseline = "middle";
    for (const i of inSight) {
      context.fillStyle = colourOfClass(shown.labels[i]);
      context.fillText(sign(shown.labels[i]), ...plane.place(i));
    }
  }

  const sizeOf = (inSight) => (inSight.length < SIGNS / 3 ? 56 : 32);

  function paintPictures(context, inSight) {
    const size = sizeOf(inSight);
    const small = document.createElement("canvas");
    context.imageSmoothingEnabled = false;
    for (const i of inSight) {
      const [x, y] = plane.place(i).map((at) => Math.round(at - size / 2));
      paintThumbnail(small, i);
      context.drawImage(small, x, y, size, size);
      context.lineWidth = 2;
      context.setLineDash(isWrong(i) ? [4, 3] : []);
      context.strokeStyle = colourOfClass(shown.labels[i]);
      context.strokeRect(x, y, size, size);
      context.setLineDash([]);
      if (!isWrong(i)) continue;
      context.textAlign = "center";
      context.textBaseline = "middle";
      context.font = `700 13px ${palette.font}`;
      const text = `read as ${sign(shown.read[i])}`;
      haloText(context, text, x + size / 2, y - 9, palette.background, palette.ink, 4);
    }
  }

  /** One picture, white ink on black. */
  function paintThumbnail(onto, i) {
    const side = Math.round(Math.sqrt(pictures.length / shown.n));
    const grey = 255 / (shown.levels - 1);
    const pixels = new ImageData(side, side);
    for (let p = 0; p < side * side; p++) {
      pixels.data.fill(grey * pictures[i * side * side + p], 4 * p, 4 * p + 3);
      pixels.data[4 * p + 3] = 255;
    }
    onto.width = onto.height = side;
    onto.getContext("2d").putImageData(pixels, 0, 0);
  }

  function ringMistakes(context, inSight, radius) {
    context.beginPath();
    for (const i of inSight) {
      if (!isWrong(i)) continue;
      const [x, y] = plane.place(i);
      context.moveTo(x + radius, y);
      context.arc(x, y, radius, 0, 2 * Math.PI);
    }
    context.strokeStyle = palette.ink;
    context.lineWidth = 1.2;
    context.stroke();
  }

  /** Each class's sign in the middle of its points, or as near to it as others leave room. */
  function nameClasses(context) {
    context.font = `700 22px ${palette.font}`;
    context.textAlign = "center";
    context.textBaseline = "middle";
    const taken = [];
    const isFree = (place) => taken.every((other) => Math.hypot(place[0] - other[0], place[1] - other[1]) >= SIGN_ROOM);
    shown.names.forEach((_, k) => {
      let [x, y, count] = [0, 0, 0];
      for (let i = 0; i < shown.n; i++) {
        if (shown.labels[i] !== k || !isOn(i)) continue;
        const [atX, atY] = plane.place(i);
        [x, y, count] = [x + atX, y + atY, count + 1];
      }
      if (!count) return;
      let place = [x / count, y / count];
      for (let turn = 1; turn < 200 && !isFree(place); turn++) { // outwards on a spiral
        place = [x / count + turn / 2 * Math.cos(turn / 4), y / count + turn / 2 * Math.sin(turn / 4)];
      }
      taken.push(place);
      haloText(context, sign(k), ...place, palette.background, palette.ink, 5);
    });
  }

  function ringOne(context, i, radius, bold) {
    const [x, y] = plane.place(i);
    context.beginPath();
    context.arc(x, y, radius, 0, 2 * Math.PI);
    context.strokeStyle = palette.accent;
    context.lineWidth = bold ? 4 : 2;
    context.stroke();
  }

  // --- which one is meant ---

  /** The point nearest to a place, if it is close enough. */
  function nearest([x, y], close = CLOSE) {
    let [best, least] = [null, close * close];
    for (let i = 0; i < shown.n; i++) {
      if (!isOn(i)) continue;
      const [atX, atY] = plane.place(i);
      const distance = (atX - x) ** 2 + (atY - y) ** 2;
      if (distance < least) [best, least] = [i, distance];
    }
    return best;
  }

  function point(i) {
    pointed = i;
    readout.hidden = i === null;
    if (i === null) return;
    const [name, read] = [shown.labels[i], shown.read[i]].map((k) => shown.names[k]);
    const words = `${name}, read as ${read} (${formatPercent(shown.sure[i])})`;
    setText(parts.words, words);
    parts.picture.hidden = !pictures;
    if (pictures) paintThumbnail(parts.picture, i);
    const [x, y] = plane.place(i);
    const left = Math.max(0, Math.min(x + 16, frame.clientWidth - readout.offsetWidth));
    const top = y > readout.offsetHeight + 18 ? y - readout.offsetHeight - 16 : y + 18;
    readout.style.transform = `translate(${left}px, ${top}px)`;
  }

  function pick(i) {
    if (i === null) return;
    picked = i;
    point(i);
    setText(parts.status, parts.words.textContent);
    carrier.send(i);
    repaint();
  }

  // --- the hand ---

  const placeOf = (event) => pointerIn(canvas, event);

  function zoom(factor, at) {
    plane.magnify(factor, at);
    point(null);
    repaint();
  }

  canvas.addEventListener("pointerdown", (event) => {
    pointers.set(event.pointerId, placeOf(event));
    travelled = pointers.size > 1 ? Infinity : 0; // two fingers never pick
    if (plane.zoom > 1 || pointers.size > 1) canvas.setPointerCapture(event.pointerId);
  });

  canvas.addEventListener("pointermove", (event) => {
    const at = placeOf(event);
    const before = pointers.get(event.pointerId);
    if (!before) {
      const near = nearest(at);
      if (near !== pointed) (point(near), repaint());
      return;
    }
    const others = [...pointers].filter(([id]) => id !== event.pointerId).map(([, place]) => place);
    pointers.set(event.pointerId, at);
    travelled += Math.hypot(at[0] - before[0], at[1] - before[1]);
    if (others.length) {
      const apart = (place) => Math.hypot(place[0] - others[0][0], place[1] - others[0][1]) || 1;
      zoom(apart(at) / apart(before), others[0]);
    } else if (travelled > SLACK) {
      plane.move(at[0] - before[0], at[1] - before[1]);
      point(null);
      repaint();
    }
  });

  canvas.addEventListener("pointerup", (event) => {
    if (pointers.delete(event.pointerId) && travelled <= SLACK) pick(nearest(placeOf(event)));
  });
  canvas.addEventListener("pointercancel", (event) => pointers.delete(event.pointerId));
  canvas.addEventListener("pointerleave", () => (point(null), repaint()));

  canvas.addEventListener("wheel", (event) => {
    const wanted = event.ctrlKey || event.metaKey || root.getRootNode().activeElement === canvas;
    if (!wanted) return; // the page scrolls past a map that nobody has touched
    event.preventDefault();
    zoom(Math.exp(-event.deltaY * WHEEL), placeOf(event));
  }, { passive: false });

  canvas.addEventListener("keydown", (event) => {
    const keys = {
      ArrowLeft: () => plane.move(60, 0),
      ArrowRight: () => plane.move(-60, 0),
      ArrowUp: () => plane.move(0, 60),
      ArrowDown: () => plane.move(0, -60),
      "+": () => plane.magnify(STEP),
      "-": () => plane.magnify(1 / STEP),
      0: () => plane.magnify(0),
      Enter: () => pick(nearest(plane.middle, Infinity)),
    };
    if (!keys[event.key] || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    event.stopPropagation();
    point(null);
    keys[event.key]();
    repaint();
  });

  parts.in.addEventListener("click", () => zoom(STEP));
  parts.out.addEventListener("click", () => zoom(1 / STEP));
  parts.whole.addEventListener("click", () => zoom(0));
  parts.mistakes.addEventListener("click", () => {
    onlyMistakes = !onlyMistakes;
    setPressed(parts.mistakes, onlyMistakes);
    point(null);
    repaint();
  });
  new ResizeObserver(repaint).observe(frame);
  setPressed(parts.mistakes, false);

  return { show };
}

export default mountOnce(".nn-map", "picked", createDigitMap);
