/** To be painted into a container of its own. */
function createSurface() {
  return { load() {}, paint() {} };
}
