// A wide sheet for a number: while it is drawn each digit gets its frame, and a card below with what it may be.

const numbers = new WeakMap(); // one module serves all of them, and is called again on every change of data or theme

export default function ({ data, parentElement, setStateValue }) {
  if (!numbers.has(parentElement)) numbers.set(parentElement, new NumberSheet(parentElement, data));
  numbers.get(parentElement).update(data, (value) => setStateValue("ink", value));
}

class NumberSheet {
  chosen = null; // the part, counted from the left, whose probabilities are shown in full

  constructor(root, data) {
    for (const name of ["headline", "note", "frames", "parts", "whole", "title", "bars"]) {
      this[name] = root.querySelector("." + name);
    }
    this.sheet = new Sheet(root, data);
    this.voice = new Voice(root.querySelector(".spoken"));
  }

  update(data, report) {
    this.data = data;
    this.sheet.update(data, report);
    this.show();
    this.voice.say(`${data.headline}. ${data.note}`);
  }

  show() {
    const { headline, note, parts } = this.data;
    if (this.chosen >= parts.length) this.chosen = null;
    this.headline.classList.toggle("read", parts.length > 0);
    const named = this.data.classes.some((name) => name.length > 1);
    this.headline.classList.toggle("named", named);
    const digits = parts.flatMap(({ sure, label }, i) => [
      named && i ? " " : "",
      element("span", sure ? "" : "unsure", label),
    ]);
    this.headline.replaceChildren(...(parts.length ? digits : [headline]));
    this.note.textContent = note;
    this.frames.replaceChildren(...parts.map((part, i) => this.frame(part, i)));
    while (this.parts.children.length < parts.length) this.parts.append(this.card(this.parts.children.length));
    while (this.parts.children.length > parts.length) this.parts.lastChild.remove();
    parts.forEach((part, i) => this.fill(this.parts.children[i], part, i));
    this.showWhole();
  }

  // Around the digit and its ink; what it is stands above, or below where there is no room.
  frame({ box: [left, top, right, bottom], label, share, sure }, i) {
    const { width, height } = this.data;
    const room = this.sheet.drawing.brush / 2 + 4;
    const frame = element("div", "frame");
    frame.style.left = `${(100 * (left - room)) / width}%`;
    frame.style.top = `${(100 * (top - room)) / height}%`;
    frame.style.width = `${(100 * (right - left + 2 * room)) / width}%`;
    frame.style.height = `${(100 * (bottom - top + 2 * room)) / height}%`;
    frame.classList.toggle("unsure", !sure);
    frame.classList.toggle("chosen", i === this.chosen);
    frame.classList.toggle("high", top < 0.2 * height);
    const name = element("span", "name");
    name.append(element("b", "", sure || label === "?" ? label : `${label}?`), element("span", "share", share));
    frame.append(name);
    return frame;
  }

  card(i) {
    const item = element("li", "");
    const button = element("button", "part");
    button.type = "button";
    const seen = element("canvas", "seen");
    seen.width = seen.height = 28;
    const eye = element("div", "eye");
    eye.append(seen, element("span", "doubt", "not sure"));
    button.append(eye, element("ol", "bars"));
    button.addEventListener("click", () => {
      this.chosen = this.chosen === i ? null : i;
      this.show();
    });
    item.append(button);
    return item;
  }

  fill(card, { title, label, share, sure, image, likeliest, probabilities, shares }, i) {
    const button = card.querySelector(".part");
    button.setAttribute("aria-label", `${title}: ${label}, ${share}${sure ? "" : ", not sure"}. All probabilities`);
    button.setAttribute("aria-expanded", i === this.chosen);
    button.classList.toggle("unsure", !sure);
    showPicture(card.querySelector(".seen"), image);
    showBars(card.querySelector(".bars"), likeliest.map((k) => this.row(probabilities, shares, k, k === likeliest[0])));
  }

  showWhole() {
    const part = this.data.parts[this.chosen];
    this.whole.hidden = !part;
    if (!part) return;
    const { title, probabilities, shares, likeliest } = part;
    this.title.textContent = `${title}: every probability`;
    showBars(this.bars, probabilities.map((_, k) => this.row(probabilities, shares, k, k === likeliest[0])));
  }

  row(probabilities, shares, k, best) {
    return { name: this.data.classes[k], share: probabilities[k], text: shares[k], best };
  }
}
