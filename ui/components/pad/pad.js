// A sheet for one drawing, and the answer beside it.

const pads = new WeakMap(); // one module serves all pads, and is called again on every change of data or theme

export default function ({ data, parentElement, setStateValue }) {
  if (!pads.has(parentElement)) pads.set(parentElement, new Pad(parentElement, data));
  pads.get(parentElement).update(data, (value) => setStateValue("ink", value));
}

class Pad {
  constructor(root, data) {
    const names = ["pad", "paper", "shown", "headline", "note", "bars", "seen"];
    for (const name of names) this[name] = root.querySelector("." + name);
    this.sheet = new Sheet(root, data);
    this.voice = new Voice(root.querySelector(".spoken"));
  }

  update(data, report) {
    this.sheet.update(data, report);
    const { headline, note, label, probabilities, shares, image, names, picture, folded, bars } = data;
    this.headline.textContent = headline;
    this.note.textContent = note;
    const rows = probabilities.map((share, k) => ({ name: names[k], share, text: shares[k], best: k === label }));
    showBars(this.bars, rows);
    showPicture(this.seen, image);
    showPicture(this.shown, image);
    this.paper.classList.toggle("picture", picture);
    this.pad.classList.toggle("folded", folded);
    this.pad.classList.toggle("bare", !bars);
    this.voice.say(`${headline}. ${note}`);
  }
}
