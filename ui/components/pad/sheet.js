// A sheet of paper that asks while it is drawn on.
//
// A drawing is a list of strokes, each a flat list x, y, x, y, ... of whole pixels of a `width` x `height` sheet,
// however large it is on screen. Every change gives it a new number. The newest drawing is sent when the answer to the
// one sent before has come back (it bears that number) or PATIENCE has run out, so the last word is always the whole
// drawing.

const PATIENCE = 1500; // ms to wait for an answer that may have been lost
const SPACING = 2; // pixels between two points worth keeping

const drawings = new Map(); // by key: outlives the sheet when the visitor goes to another page and back

class Drawing {
  strokes = [];
  past = []; // the strokes before each pen-down and each clear, for undo
  number = 0;

  constructor(brush) {
    this.brush = brush;
  }

  get points() {
    return this.strokes.reduce((sum, stroke) => sum + stroke.length / 2, 0);
  }

  begin(point) {
    this.past.push(this.strokes);
    this.strokes = [...this.strokes, [...point]];
    this.number++;
  }

  extend([x, y], most) {
    const stroke = this.strokes.at(-1);
    const [lastX, lastY] = stroke.slice(-2);
    if (Math.hypot(x - lastX, y - lastY) < SPACING) return;
    stroke.push(x, y);
    if (this.points > most) this.thin();
    this.number++;
  }

  // Drops every second point, ends excepted: under a brush this wide nobody sees it.
  thin() {
    for (const stroke of this.strokes) {
      const last = stroke.length / 2 - 1;
      const kept = stroke.filter((_, i) => (i >> 1) % 2 === 0 || i >> 1 === last);
      stroke.splice(0, stroke.length, ...kept);
    }
  }

  widen(brush) {
    this.brush = brush;
    this.number++;
  }

  clear() {
    if (!this.strokes.length) return;
    this.past.push(this.strokes);
    this.strokes = [];
    this.number++;
  }

  undo() {
    this.strokes = this.past.pop() ?? [];
    this.number++;
  }
}

class Sheet {
  pen = null; // the pointer that is drawing: a second finger or a resting palm is not
  waiting = false; // for the answer to the drawing sent last

  constructor(root, { key, brushes }) {
    for (const name of ["sheet", "ink", "undo", "clear", "brush", "dot"]) this[name] = root.querySelector("." + name);
    const [thinnest, usual, thickest] = brushes;
    if (!drawings.has(key)) drawings.set(key, new Drawing(usual));
    this.drawing = drawings.get(key);
    this.brush.min = thinnest;
    this.brush.max = thickest;
    this.brush.value = this.drawing.brush;
    this.listen();
    new ResizeObserver(() => this.paint()).observe(this.ink);
  }

  listen() {
    const { ink, drawing } = this;
    ink.addEventListener("pointerdown", (event) => {
      if (this.pen !== null || event.button !== 0 || drawing.strokes.length >= this.data.most) return;
      this.pen = event.pointerId;
      ink.setPointerCapture(event.pointerId);
      this.change(() => drawing.begin(this.place(event)));
    });
    ink.addEventListener("pointermove", (event) => {
      if (event.pointerId !== this.pen) return;
      const moves = event.getCoalescedEvents?.() ?? [];
      this.change(() => {
        for (const move of moves.length ? moves : [event]) drawing.extend(this.place(move), this.data.points);
      });
    });
    for (const end of ["pointerup", "pointercancel", "lostpointercapture"]) {
      ink.addEventListener(end, (event) => {
        if (event.pointerId === this.pen) this.pen = null;
      });
    }
    this.undo.addEventListener("click", () => (this.lift(), this.change(() => drawing.undo())));
    this.clear.addEventListener("click", () => (this.lift(), this.change(() => drawing.clear())));
    this.brush.addEventListener("input", () => this.change(() => drawing.widen(Number(this.brush.value))));
  }

  // Where an event is on the drawing, kept inside it: what is outside cannot be seen, so it must not be read either.
  place(event) {
    const box = this.ink.getBoundingClientRect();
    const { width, height } = this.data;
    const inside = (fraction, side) => Math.round(Math.min(Math.max(fraction, 0), 1) * side);
    return [
      inside((event.clientX - box.left) / box.width, width),
      inside((event.clientY - box.top) / box.height, height),
    ];
  }

  lift() {
    this.pen = null; // a stroke that is undone or cleared under the pen is over
  }

  change(edit) {
    edit();
    this.send();
    this.painting ??= requestAnimationFrame(() => this.paint());
  }

  update(data, report) {
    if (data.number === this.sent) this.answered();
    this.data = data;
    this.report = report;
    this.sent ??= data.number; // a sheet that comes back with an old drawing asks about it again
    this.send();
  }

  send() {
    const { strokes, brush, number } = this.drawing;
    if (this.waiting || number === this.sent || !this.ink.isConnected) return;
    this.sent = number;
    this.waiting = true;
    this.timer = setTimeout(() => (this.answered(), this.send()), PATIENCE);
    this.report({ strokes, brush, number });
  }

  answered() {
    clearTimeout(this.timer);
    this.waiting = false;
  }

  paint() {
    const { ink, drawing } = this;
    const { width, height } = this.data;
    const pixels = Math.round(ink.clientWidth * devicePixelRatio);
    if (ink.width !== pixels) [ink.width, ink.height] = [pixels, Math.round((pixels * height) / width)];
    const context = ink.getContext("2d");
    context.setTransform(pixels / width, 0, 0, pixels / width, 0, 0);
    context.clearRect(0, 0, width, height);
    context.strokeStyle = getComputedStyle(ink).color;
    context.lineWidth = drawing.brush;
    context.lineCap = context.lineJoin = "round";
    for (const stroke of drawing.strokes) {
      context.beginPath();
      context.moveTo(stroke[0], stroke[1]);
      for (let i = 0; i < stroke.length; i += 2) context.lineTo(stroke[i], stroke[i + 1]); // a dot is a stroke too
      context.stroke();
    }
    this.sheet.classList.toggle("blank", !drawing.strokes.length);
    this.undo.disabled = !drawing.past.length;
    this.clear.disabled = !drawing.strokes.length;
    this.dot.style.setProperty("--width", `${(drawing.brush / width) * ink.clientWidth}px`);
    this.painting = null;
  }
}
