// The layers of a network as cells, the edges that decided over them, and one unit in numbers. All numbers come from
// Python with every drawing; here they are painted, pointed at and picked.

const TALL = { picture: 168, height: 340, answers: 196, gap: 46, most: 22 }; // layers beside each other, in CSS pixels
const FLAT = { picture: 140, height: 132, gap: 40, most: 18 }; // layers below each other, on a phone
const NARROW = 480; // a picture less wide than this is flat
const ROW = 34; // height of an answer, at most
const THICK = 4.5; // the strongest edge
const STEPS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }; // across, down

/** The largest cells with which `count` of them fill columns from the left within a width and a height. */
function fitCells(count, width, height, most) {
  let cell = most;
  const fits = () => Math.floor(width / cell) * Math.floor(height / cell) >= count;
  while (cell > 2 && !fits()) cell -= cell > 8 ? 1 : 0.5;
  return cell;
}

/** Where everything stands: the input, a block per hidden layer, the answers. */
function layOut(width, side, counts) {
  const last = counts.length - 1;
  return width < NARROW ? layFlat(width, side, counts, last) : layTall(width, side, counts, last);
}

function layTall(width, side, counts, last) {
  const { picture, height, answers, gap, most } = TALL;
  const room = Math.max(24, (width - picture - answers - gap * (last + 1)) / Math.max(1, last));
  const middle = height / 2 + 22; // below the titles
  const input = { x: 0, y: middle - picture / 2, cell: picture / side, columns: side, rows: side, count: side * side };
  const blocks = [];
  const sizes = counts.slice(0, last).map((count) => {
    const cell = fitCells(count, room, height, most);
    const rows = Math.min(count, Math.floor(height / cell));
    return { cell, rows, columns: Math.ceil(count / rows), count };
  });
  const used = sizes.reduce((sum, { cell, columns }) => sum + cell * columns, picture + answers);
  const space = Math.min((width - used) / (last + 1), 130);
  let x = picture + space;
  for (const size of sizes) {
    const rows = Math.ceil(size.count / size.columns);
    blocks.push({ ...size, rows, x, y: middle - (rows * size.cell) / 2 });
    x += size.cell * size.columns + space;
  }
  const row = Math.min(ROW, height / counts[last]);
  const count = counts[last];
  const out = { x, y: middle - (row * count) / 2, cell: Math.min(row - 4, 24), row, columns: 1, rows: count, count };
  return { flat: false, width, height: height + 44, input, blocks, out };
}

function layFlat(width, side, counts, last) {
  const { picture, height, gap, most } = FLAT;
  const x = (width - picture) / 2;
  const input = { x, y: 22, cell: picture / side, columns: side, rows: side, count: side * side };
  const blocks = [];
  let y = 22 + picture + gap;
  for (const count of counts.slice(0, last)) {
    const cell = fitCells(count, width, height, most);
    const columns = Math.min(count, Math.floor(width / cell));
    const rows = Math.ceil(count / columns);
    blocks.push({ x: (width - columns * cell) / 2, y, cell, columns, rows, count });
    y += rows * cell + gap;
  }
  const cell = Math.min(width / counts[last], 34);
  const out = { x: (width - cell * counts[last]) / 2, y, cell, columns: counts[last], rows: 1, count: counts[last] };
  return { flat: true, width, height: y + cell + 24, input, blocks, out };
}

/** The upper left corner of a unit's cell. Tall layers are filled column by column, flat ones row by row. */
function cornerOf({ flat }, block, unit, isInput = false) {
  const byRow = flat || isInput;
  const [column, row] = byRow
    ? [unit % block.columns, Math.floor(unit / block.columns)]
    : [Math.floor(unit / block.rows), unit % block.rows];
  return [block.x + column * block.cell, block.y + row * (block.row ?? block.cell)];
}

/** The unit of a block at a place, or -1. */
function unitAt({ flat }, block, x, y) {
  const column = Math.floor((x - block.x) / block.cell);
  const row = Math.floor((y - block.y) / (block.row ?? block.cell));
  const named = block.row && x >= block.x; // an answer is as long as its row
  if (row < 0 || row >= block.rows || (!named && (column < 0 || column >= block.columns))) return -1;
  const unit = flat ? row * block.columns + column : (named ? 0 : column) * block.rows + row;
  return unit < block.count ? unit : -1;
}

const largest = (values) => values.reduce((most, value) => Math.max(most, Math.abs(value)), 0) || 1;

function createInside(root, carrier) {
  const parts = partsOf(root);
  let shown, bytes, palette, shades, layout;
  let pointed = null; // the unit under the pointer or the keys: {layer, unit}
  let pixel = null; // the one pointed at in the pictures of a first-layer unit: {row, column}
  let width = 0;

  function show(newBytes) {
    const newPalette = readPalette(root);
    if (bytes && sameNumbers(bytes, newBytes) && JSON.stringify(newPalette) === JSON.stringify(palette)) return;
    [bytes, palette] = [newBytes, newPalette];
    shades = Array.from(shadesOf(palette.classes.slice(0, 2)), pixelColour);
    shown = parsePacked(bytes);
    if (shown.version !== 1) throw new Error(`The inside reads version 1 of its data, not ${shown.version}.`);
    shown.layers = [...shown.activations.map((_, i) => shown.arrays[`layer_${i}`]), shown.arrays.output];
    if (pointed && !(pointed.unit < shown.layers[pointed.layer]?.length)) pointed = null;
    paint();
    tellUnit();
  }

  const blockOf = (layer) => (layer < 0 ? layout.input : (layout.blocks[layer] ?? layout.out));
  const isOutput = (layer) => layer === shown.activations.length;
  const answersTitle = () => (layout.flat ? "Answers" : "Probability, and sum z");
  const titleOf = (layer) => (layer < 0 ? "Picture" : isOutput(layer) ? answersTitle() : `Layer ${layer + 1}`);
  const nameOf = (layer, unit) =>
    isOutput(layer) ? `answer ${cutShort(shown.names[unit], 16)}` : `layer ${layer + 1}, unit ${unit}`;
  const shadeOf = (value, scale) => shades[leanOfValue(value, scale)];

  // --- the picture ---

  function paint() {
    if (!width || !shown) return;
    layout = layOut(width, shown.side, shown.layers.map((layer) => layer.length));
    parts.canvas.style.height = `${layout.height}px`;
    const context = fitCanvas(parts.canvas, width, layout.height);
    context.clearRect(0, 0, width, layout.height);
    context.font = `13px ${palette.font}`;
    paintInput(context);
    shown.layers.forEach((_, layer) => paintLayerCells(context, layer));
    paintEdges(context);
    for (let layer = -1; layer < shown.layers.length; layer++) paintTitle(context, blockOf(layer), titleOf(layer));
    markUnit(context, shown.unit, 3);
    if (pointed) markUnit(context, pointed, 1.5);
  }

  function paintInput(context) {
    const { x, y, cell } = layout.input;
    const picture = document.createElement("canvas");
    paintGrey(picture, shown.arrays.input, shown.side);
    context.imageSmoothingEnabled = false;
    context.drawImage(picture, x, y, cell * shown.side, cell * shown.side);
  }

  function paintTitle(context, block, title) {
    context.textBaseline = "bottom";
    context.textAlign = "left";
    haloText(context, title, block.x, block.y - 5, palette.background, palette.ink);
  }

  function paintLayerCells(context, layer) {
    const [values, block] = [shown.layers[layer], blockOf(layer)];
    const scale = largest(values);
    const inner = block.cell > 6 ? block.cell - 1 : block.cell;
    values.forEach((value, unit) => {
      const [x, y] = cornerOf(layout, block, unit);
      context.fillStyle = palette.contrast; // between the cells too, on a dark page as well
      context.fillRect(x, y, block.cell, block.cell);
      context.fillStyle = shadeOf(value, scale);
      context.fillRect(x, y, inner, inner);
    });
    if (!block.row) paintFrame(context, block);
    if (isOutput(layer)) paintAnswers(context, block);
  }

  function paintFrame(context, { x, y, columns, rows, cell }) {
    context.strokeStyle = palette.line;
    context.lineWidth = 1;
    context.strokeRect(x - 1.5, y - 1.5, columns * cell + 2, rows * cell + 2);
  }

  function paintAnswers(context, block) {
    shown.names.forEach((name, unit) => {
      const [x, y] = cornerOf(layout, block, unit);
      const best = unit === shown.label;
      context.font = `${best ? 650 : 400} 13px ${palette.font}`;
      context.fillStyle = palette.ink;
      if (layout.flat) {
        context.textAlign = "center";
        context.textBaseline = "top";
        context.fillText(fitText(context, name, block.cell - 2), x + block.cell / 2, y + block.cell + 4);
        return;
      }
      context.textAlign = "left";
      context.textBaseline = "middle";
      const middle = y + block.cell / 2;
      context.fillText(fitText(context, name, 60), x + block.cell + 8, middle);
      const after = x + block.cell + (name.length > 2 ? 72 : 26);
      context.fillText(shown.shares[unit], after, middle);
      context.textAlign = "right";
      context.globalAlpha = 0.78;
      context.fillText(formatDigits(shown.layers.at(-1)[unit]), after + 92, middle);
      context.globalAlpha = 1;
    });
    context.font = `13px ${palette.font}`;
  }

  /** From where an edge comes to where it goes; dashed where it speaks against. */
  function paintEdges(context) {
    const strongest = largest(shown.edges.map((edge) => edge[3]));
    for (const [layer, source, target, contribution] of shown.edges.toReversed()) {
      const [from, to] = [middleOf(layer - 1, source), middleOf(layer, target)];
      const share = Math.sqrt(Math.abs(contribution / strongest));
      context.beginPath();
      context.moveTo(...from);
      if (layout.flat) context.bezierCurveTo(from[0], (from[1] + to[1]) / 2, to[0], (from[1] + to[1]) / 2, ...to);
      else context.bezierCurveTo((from[0] + to[0]) / 2, from[1], (from[0] + to[0]) / 2, to[1], ...to);
      context.setLineDash([]);
      context.strokeStyle = palette.background;
      context.lineWidth = 1 + THICK * share + 2;
      context.globalAlpha = 0.6;
      context.stroke();
      context.setLineDash(contribution < 0 ? [6, 4] : []);
      context.strokeStyle = palette.classes[contribution < 0 ? 0 : 1];
      context.lineWidth = 1 + THICK * share;
      context.globalAlpha = 0.9;
      context.stroke();
    }
    context.setLineDash([]);
    context.globalAlpha = 1;
  }

  function middleOf(layer, unit) {
    const block = blockOf(layer);
    const [x, y] = cornerOf(layout, block, unit, layer < 0);
    return [x + block.cell / 2, y + block.cell / 2];
  }

  function markUnit(context, { layer, unit }, thickness) {
    const block = blockOf(layer);
    const [x, y] = cornerOf(layout, block, unit);
    context.strokeStyle = palette.outline; // dark on any page: the cells are light
    context.lineWidth = thickness;
    context.strokeRect(x - 1.5, y - 1.5, block.cell + 2, block.cell + 2);
  }

  // --- one unit in numbers ---

  function tellUnit() {
    const { layer, unit, rows, others, sum, bias, z, a, activation } = shown.unit;
    const name = nameOf(layer, unit);
    setText(parts.title, name[0].toUpperCase() + name.slice(1));
    const inputs = layer ? "Σ w·a" : "Σ w·x";
    const told = `${inputs} + b = ${formatDigits(sum)} ${bias < 0 ? MINUS : "+"} ${formatDigits(Math.abs(bias))}`;
    setText(parts.why, shown.unit.picked ? "your pick: click it again to let it go" : "did most for the answer");
    parts.why.hidden = !shown.edges.length && !shown.unit.picked;
    setText(parts.formula, `z = ${told} = ${formatDigits(z)},  a = ${activation}(z) = ${formatDigits(a)}`);
    parts.pictures.hidden = parts.pixel.hidden = layer > 0;
    parts.table.hidden = layer === 0;
    if (layer === 0) paintUnit();
    else parts.rows.replaceChildren(...rows.map((row) => inputRow(layer - 1, row)), restRow(others));
  }

  function paintUnit() {
    const { weights, products, input } = shown.arrays;
    paintSigned(parts.weights, weights, shown.side);
    paintGrey(parts.input, input, shown.side);
    paintSigned(parts.products, products, shown.side);
    tellPixel();
  }

  /** What the pixel pointed at brings to the unit's sum, in numbers; marked in all three pictures. */
  function tellPixel() {
    parts.pictures.classList.toggle("pointed", pixel !== null);
    if (!pixel) return setText(parts.pixel, "Point at a pixel to see what it brings to the sum.");
    const { row, column } = pixel;
    const at = row * shown.side + column;
    const [x, w, product] = ["input", "weights", "products"].map((name) => formatDigits(shown.arrays[name][at]));
    parts.pictures.style.setProperty("--pixel", `${100 / shown.side}%`);
    parts.pictures.style.setProperty("--row", row / shown.side);
    parts.pictures.style.setProperty("--column", column / shown.side);
    setText(parts.pixel, `pixel (row ${row}, column ${column}): x · w = ${x} · ${w} = ${product}`);
  }

  function pointAtPixel(newPixel) {
    pixel = newPixel;
    tellPixel();
  }

  function paintGrey(canvas, values, side) {
    paintPixels(canvas, values, side, (value) => {
      const grey = Math.round(255 * value);
      return (0xff000000 | (grey * 0x010101)) >>> 0;
    });
  }

  function paintSigned(canvas, values, side) {
    const pixels = shadesOf(palette.classes.slice(0, 2));
    const scale = largest(values);
    paintPixels(canvas, values, side, (value) => pixels[leanOfValue(value, scale)]);
  }

  function paintPixels(canvas, values, side, pixelOf) {
    const pixels = new ImageData(side, side);
    new Uint32Array(pixels.data.buffer).set(Array.from(values, pixelOf));
    canvas.width = canvas.height = side;
    canvas.getContext("2d").putImageData(pixels, 0, 0);
  }

  function inputRow(layer, [source, weight, input, product]) {
    const link = make("button", { type: "button" }, nameOf(layer, source));
    link.addEventListener("click", () => choose({ layer, unit: source }));
    return make("tr", {}, make("td", {}, link), ...[weight, input].map((value) => make("td", {}, formatDigits(value))),
      make("td", {}, coloured(product)));
  }

  const restRow = (others) =>
    make("tr", {}, make("td", {}, "all others"), make("td"), make("td"), make("td", {}, coloured(others)));

  function coloured(value) {
    const patch = make("i");
    patch.style.background = palette.classes[value < 0 ? 0 : 1];
    return make("span", { class: "product" }, patch, formatDigits(value));
  }

  // --- pointing and picking ---

  /** Look at this unit from now on; chosen again, at whichever did most. */
  const choose = (unit) => carrier.send(shown.unit.picked && sameUnit(unit, shown.unit) ? null : unit);

  function pointAt(unit) {
    pointed = unit;
    paint();
    if (!unit) return showReadout(parts.readout, null);
    const [x, y] = middleOf(unit.layer, unit.unit);
    showReadout(parts.readout, sayUnit(unit), x, y);
  }

  function sayUnit({ layer, unit }) {
    const told = `${nameOf(layer, unit)}: ${formatDigits(shown.layers[layer][unit])}`;
    return isOutput(layer) && shown.shares[unit] ? `${told}, ${shown.shares[unit]}` : told;
  }

  function unitUnder({ clientX, clientY }) {
    const box = parts.canvas.getBoundingClientRect();
    const place = [clientX - box.left, clientY - box.top];
    for (let layer = 0; layer < shown.layers.length; layer++) {
      const unit = unitAt(layout, blockOf(layer), ...place);
      if (unit >= 0) return { layer, unit };
    }
    return null;
  }

  const sameUnit = (one, other) => one?.layer === other?.layer && one?.unit === other?.unit;

  parts.canvas.addEventListener("pointermove", (event) => {
    const unit = unitUnder(event);
    if (!sameUnit(unit, pointed)) pointAt(unit);
  });
  parts.canvas.addEventListener("pointerleave", () => pointAt(null));
  parts.canvas.addEventListener("blur", () => pointAt(null));
  parts.canvas.addEventListener("click", (event) => {
    const unit = unitUnder(event);
    if (unit) choose(unit);
  });

  parts.canvas.addEventListener("keydown", (event) => {
    const step = STEPS[event.key];
    const from = pointed ?? shown.unit;
    if (event.key === "Enter") choose({ layer: from.layer, unit: from.unit });
    if (!step && event.key !== "Enter") return;
    event.preventDefault();
    event.stopPropagation();
    if (!step) return;
    const layer = within(from.layer + step[0], shown.layers.length);
    pointAt({ layer, unit: within(from.unit + step[1], shown.layers[layer].length) });
    setText(parts.spoken, sayUnit(pointed));
  });

  for (const name of ["weights", "input", "products"]) {
    for (const type of ["pointermove", "pointerdown"]) {
      parts[name].addEventListener(type, ({ clientX, clientY }) => {
        const box = parts[name].getBoundingClientRect();
        const placeOf = (fraction) => within(Math.floor(fraction * shown.side), shown.side);
        const [row, column] = [(clientY - box.top) / box.height, (clientX - box.left) / box.width].map(placeOf);
        pointAtPixel({ row, column });
      });
    }
  }
  parts.pictures.addEventListener("keydown", (event) => {
    const step = STEPS[event.key];
    if (!step) return;
    event.preventDefault();
    event.stopPropagation();
    const { row, column } = pixel ?? { row: shown.side / 2, column: shown.side / 2 };
    pointAtPixel({ row: within(row + step[1], shown.side), column: within(column + step[0], shown.side) });
    setText(parts.spoken, parts.pixel.textContent);
  });

  const within = (place, count) => Math.min(Math.max(place, 0), count - 1);

  new ResizeObserver(([{ contentRect }]) => {
    if (contentRect.width === width) return;
    width = contentRect.width;
    paint();
  }).observe(parts.frame);

  return { show };
}

export default mountOnce(".nn-inside", "unit", createInside);
