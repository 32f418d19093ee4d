// What a button does, for keys: its title, which a pointer shows by itself, beside it when the keyboard comes to it.

/**
 * @param {HTMLElement} root whose titled pieces tell what they do
 * @param {HTMLElement} bubble a readout inside it
 * @param {AbortSignal} signal takes the listeners away
 */
function showHelp(root, bubble, signal) {
  function tell({ target }) {
    const titled = target.matches(":focus-visible") && target.closest("[title]");
    if (!titled || !titled.title) return hide();
    const [box, own] = [root, titled].map((node) => node.getBoundingClientRect());
    showReadout(bubble, titled.title, own.left - box.left - 14, own.top - box.top);
    if (own.top - box.top < bubble.offsetHeight + 12) bubble.style.transform += ` translateY(${own.height + 24}px)`;
  }

  const hide = () => (bubble.hidden = true);
  root.addEventListener("focusin", tell, { signal });
  root.addEventListener("focusout", hide, { signal });
  root.addEventListener("pointerdown", hide, { signal });
}
