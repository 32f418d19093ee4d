// A small map of the plane: what the network answers before the update, and the training points to choose from.

const CHOOSER_SIDE = 168;
const CHOOSER_PLOT = { x: 0, y: 0, width: CHOOSER_SIDE, height: CHOOSER_SIDE };
const CHOOSER_GRID = { most: 84, work: 200_000 };

function createChooser(canvas, choose) {
  let walk, palette, points, backdrop;

  function load(newWalk, newPalette) {
    [walk, palette] = [newWalk, newPalette];
    points = placePoints(walk, { plot: CHOOSER_PLOT, domain: walk.domain }, dataRows(walk));
    backdrop = document.createElement("canvas");
    const parameters = Float64Array.from(walk.arrays.parameters);
    makeMapPainter(walk, palette, CHOOSER_GRID, walk.scale)(backdrop, parameters, CHOOSER_SIDE);
    paint();
  }

  function paint() {
    const context = fitCanvas(canvas, CHOOSER_SIDE, CHOOSER_SIDE);
    context.clearRect(0, 0, CHOOSER_SIDE, CHOOSER_SIDE);
    context.drawImage(backdrop, 0, 0, CHOOSER_SIDE, CHOOSER_SIDE);
    paintPoints(context, points, walk, palette, makeShades(palette, Math.max(2, classCount(walk))), new Map());
    const [x1, x2] = walk.place;
    paintRing(context, leftOf(x1, CHOOSER_PLOT, walk.domain), topOf(x2, CHOOSER_PLOT, walk.domain), palette);
  }

  canvas.addEventListener("click", (event) => {
    const [x, y] = pointerIn(canvas, event);
    let [nearest, found] = [Infinity, -1];
    for (let i = 0; i < points.n; i++) {
      const distance = Math.hypot(points.left[i] - x, points.top[i] - y);
      if (distance < nearest) [nearest, found] = [distance, i];
    }
    if (found >= 0) choose(walk.arrays.rows[found]);
  });
  canvas.addEventListener("keydown", (event) => {
    const way = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    const { rows } = walk.arrays;
    if (!way || !rows.length) return;
    event.preventDefault();
    const at = rows.indexOf(walk.row);
    choose(rows[(at + way + rows.length) % rows.length]);
  });

  return { load };
}
