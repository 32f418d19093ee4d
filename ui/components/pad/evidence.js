// What a network makes of a drawing: a bar for each class, the picture it sees, and words, spoken when they rest.

const QUIET = 800; // ms without other words before they are spoken

// `rows` of { name, share, text, best }, from top to bottom; bars that stay move to their new length.
function showBars(list, rows) {
  while (list.children.length < rows.length) list.append(emptyRow());
  while (list.children.length > rows.length) list.lastChild.remove();
  list.classList.toggle("named", rows.some(({ name }) => name.length > 2));
  rows.forEach(({ name, share, text, best }, i) => {
    const row = list.children[i];
    row.classList.toggle("best", best);
    row.querySelector(".digit").textContent = name;
    row.querySelector(".bar").style.setProperty("--share", share);
    row.querySelector(".share").textContent = text;
  });
}

function emptyRow() {
  const item = document.createElement("li");
  item.append(...["digit", "bar", "share"].map((name) => element("span", name)));
  return item;
}

function element(tag, name, text = "") {
  const made = document.createElement(tag);
  made.className = name;
  made.textContent = text;
  return made;
}

// A picture 28 x 28, its greys as base64, on a canvas of that size.
function showPicture(canvas, image) {
  const pixels = new ImageData(28, 28);
  const greys = Uint8Array.from(atob(image), (character) => character.charCodeAt(0));
  greys.forEach((grey, i) => pixels.data.set([grey, grey, grey, 255], 4 * i));
  canvas.getContext("2d").putImageData(pixels, 0, 0);
}

class Voice {
  constructor(element) {
    this.element = element; // a live region: what is written there is read aloud
  }

  say(words) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => (this.element.textContent = words), QUIET);
  }
}
