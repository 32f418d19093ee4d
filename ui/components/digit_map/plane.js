// The map's geometry: which part of the plane is seen, and where on the screen. No page, no canvas.

const NEAREST = 400; // times larger than the whole at most
const MARGIN = 22; // pixels around the whole, for the marks at its edge

/** A window onto points [x, y, x, y, ...]. Its `zoom` is 1 where all of them are seen. */
function createPlane(points) {
  const bounds = (axis) => {
    let [low, high] = [Infinity, -Infinity];
    for (let i = axis; i < points.length; i += 2) [low, high] = [Math.min(low, points[i]), Math.max(high, points[i])];
    return { low, high, middle: (low + high) / 2, length: high - low || 1 };
  };
  const [across, up] = [bounds(0), bounds(1)];
  let [width, height, zoom] = [1, 1, 1];
  let centre = [across.middle, up.middle];

  /** Pixels to a unit of the plane, the same along both axes. */
  const scale = () => zoom * Math.min((width - 2 * MARGIN) / across.length, (height - 2 * MARGIN) / up.length);

  function place(i) {
    const s = scale();
    return [width / 2 + (points[2 * i] - centre[0]) * s, height / 2 - (points[2 * i + 1] - centre[1]) * s];
  }

  function look(x, y) {
    const within = (value, { low, high }) => Math.min(Math.max(value, low), high);
    centre = zoom === 1 ? [across.middle, up.middle] : [within(x, across), within(y, up)];
  }

  /** Push the plane by so many pixels. */
  const move = (dx, dy) => look(centre[0] - dx / scale(), centre[1] + dy / scale());

  /** `factor` times larger; what is at x, y stays there. */
  function magnify(factor, [x, y] = [width / 2, height / 2]) {
    const before = scale();
    zoom = Math.min(Math.max(zoom * factor, 1), NEAREST);
    const gained = 1 / before - 1 / scale();
    look(centre[0] + (x - width / 2) * gained, centre[1] - (y - height / 2) * gained);
  }

  return {
    place,
    move,
    magnify,
    resize: (newWidth, newHeight) => ([width, height] = [newWidth, newHeight]),
    sees: ([x, y]) => x > -MARGIN && y > -MARGIN && x < width + MARGIN && y < height + MARGIN,
    get zoom() { return zoom; },
    get middle() { return [width / 2, height / 2]; },
  };
}
