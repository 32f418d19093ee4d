/** To be painted into a container of its own. */
function createHidden() {
  return { load() {}, paint() {} };
}
