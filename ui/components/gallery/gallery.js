// Small pictures with captions. The pictures come from Python, one byte a pixel; here they are coloured, and one of
// them can be picked: with the mouse, a finger, or the arrow keys and Enter.

const EDGE = 4; // canvas pixels to a pixel of the picture where an outline is drawn over it
const MARKS = { right: ["✓ ", "right: "], wrong: ["✗ ", "wrong: "], "": ["", ""] }; // seen, heard

/** The shade of each byte, as a pixel: white ink on black. */
const GREYS = Uint32Array.from({ length: 256 }, (_, grey) => (0xff000000 | (grey * 0x010101)) >>> 0);

/** The same for bytes with a sign: white at zero, and the colour of its sign. */
function shadeSigned(palette) {
  const shades = shadesOf(palette.classes.slice(0, 2));
  return Uint32Array.from({ length: 256 }, (_, byte) => shades[leanOfValue((byte << 24) >> 24, 127)]);
}

function paintPicture(canvas, bytes, side, shades) {
  const pixels = new ImageData(side, side);
  const into = new Uint32Array(pixels.data.buffer);
  for (let i = 0; i < bytes.length; i++) into[i] = shades[bytes[i]];
  canvas.width = canvas.height = side;
  canvas.getContext("2d").putImageData(pixels, 0, 0);
}

/** The picture enlarged, with a line around each region of pixels where `outline` is 1. */
function paintOutlined(canvas, bytes, side, shades, outline, colour) {
  const small = document.createElement("canvas");
  paintPicture(small, bytes, side, shades);
  canvas.width = canvas.height = side * EDGE;
  const context = canvas.getContext("2d");
  context.imageSmoothingEnabled = false;
  context.drawImage(small, 0, 0, side * EDGE, side * EDGE);
  context.beginPath();
  traceOutline(context, outline, side, EDGE);
  context.strokeStyle = colour;
  context.stroke();
}

/** Add the borders between the pixels that are 1 and those that are 0, `unit` long each, to the current path. */
function traceOutline(context, outline, side, unit) {
  const at = (x, y) => (x < 0 || y < 0 || x >= side || y >= side ? 0 : outline[y * side + x]);
  for (let y = 0; y <= side; y++) {
    for (let x = 0; x <= side; x++) {
      const line = (dx, dy) => {
        context.moveTo(x * unit, y * unit);
        context.lineTo((x + dx) * unit, (y + dy) * unit);
      };
      if (at(x, y) !== at(x, y - 1)) line(1, 0);
      if (at(x, y) !== at(x - 1, y)) line(0, 1);
    }
  }
}

function createGallery(root, carrier) {
  const { pictures } = partsOf(root);
  let shown = { captions: [], pick: null };
  let bytes, palette;
  let picked = null;

  function makePicture() {
    const picture = make(shown.pick ? "button" : "div", { class: "picture", ...(shown.pick && { type: "button" }) },
      make("canvas", { "aria-hidden": "true" }), make("span", { class: "caption" }, make("b"), make("span")));
    return make("li", {}, picture);
  }

  function show(newBytes) {
    const newPalette = readPalette(root);
    const same = bytes && sameNumbers(bytes, newBytes) && JSON.stringify(newPalette) === JSON.stringify(palette);
    if (same) return;
    [bytes, palette] = [newBytes, newPalette];
    const { header, rest } = openContainer(bytes);
    if (header.version !== 1) throw new Error(`The gallery reads version 1 of its data, not ${header.version}.`);
    if (header.pick !== shown.pick) pictures.replaceChildren();
    if (header.of !== shown.of) picked = null;
    shown = header;
    pictures.setAttribute("aria-label", shown.label);
    pictures.style.setProperty("--size", `${shown.size}px`);
    while (pictures.children.length < shown.captions.length) pictures.append(makePicture());
    while (pictures.children.length > shown.captions.length) pictures.lastElementChild.remove();
    paint(rest);
    press();
  }

  function paint(pixels) {
    const { side, captions, marks, outlined, signed } = shown;
    const area = side * side;
    const colours = shadeSigned(palette);
    const outline = outlined ? pixels.subarray(captions.length * area) : null;
    captions.forEach((caption, i) => {
      const picture = pictures.children[i].firstElementChild;
      const [canvas, { firstElementChild: mark, lastElementChild: text }] = picture.children;
      const own = pixels.subarray(i * area, (i + 1) * area);
      if (outline && signed[i]) paintOutlined(canvas, own, side, colours, outline, palette.outline);
      else paintPicture(canvas, own, side, signed[i] ? colours : GREYS);
      const [seen, heard] = MARKS[marks[i]];
      setText(mark, seen);
      setText(text, caption);
      picture.className = `picture ${marks[i]}`;
      if (shown.pick) picture.setAttribute("aria-label", `${heard}${caption || `picture ${i + 1}`}`);
    });
  }

  /** The one that is picked, and the one that the tab key reaches: the others are reached with the arrow keys. */
  function press() {
    if (!shown.pick) return;
    const focused = placeOf(root.getRootNode().activeElement);
    const reached = focused >= 0 ? focused : (picked ?? 0);
    [...pictures.children].forEach(({ firstElementChild: picture }, i) => {
      setPressed(picture, i === picked);
      picture.tabIndex = i === reached ? 0 : -1;
    });
  }

  const placeOf = (node) => [...pictures.children].indexOf(node?.closest?.("li"));

  pictures.addEventListener("click", ({ target }) => {
    const at = placeOf(target);
    if (at < 0 || !shown.pick) return;
    picked = at === picked ? null : at;
    press();
    carrier.send({ of: shown.of, at: picked });
  });

  pictures.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: -1, ArrowUp: -1, ArrowRight: 1, ArrowDown: 1 }[event.key];
    const next = pictures.children[placeOf(event.target) + step]?.firstElementChild;
    if (!step || !shown.pick) return;
    event.preventDefault();
    event.stopPropagation();
    next?.focus();
    press();
  });

  return { show };
}

export default mountOnce(".nn-gallery", "picked", createGallery);
