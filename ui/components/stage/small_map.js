// Small maps without axes and data: what a network answers on the plane, and the border between its answers.

/**
 * How to paint maps of networks of one shape.
 * @param {object} run its network, task and domain
 * @param {object} palette
 * @param {{most: number, work: number}} grid of a map
 * @param {number} scale the value of the strongest colour, for regression
 * @returns {function(HTMLCanvasElement, ArrayLike<number>, number)} canvas, parameters, side in CSS pixels
 */
function makeMapPainter(run, palette, grid, scale) {
  const shades = makeShades(palette, classCount(run));
  const field = makeField(run.network, run.domain, cellsFor(run.network, grid));
  const picture = makePicture(field.cells);
  return (canvas, parameters, side) => {
    const context = fitCanvas(canvas, side, side);
    const plot = { x: 0, y: 0, width: side, height: side };
    const outputs = forward(run.network, parameters, field.batch);
    colourField(picture, outputs, run, shades, scale);
    context.fillStyle = palette.contrast; // where a run that diverged has no answer
    context.fillRect(0, 0, side, side);
    drawPicture(context, picture, plot);
    context.beginPath();
    traceBorders(context, picture, outputs, run, plot);
    context.strokeStyle = palette.outline;
    context.lineWidth = 1.4;
    context.stroke();
  };
}
