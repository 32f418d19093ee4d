/** To be painted into a container of its own. */
function createNetwork() {
  return { load() {}, paint() {} };
}
