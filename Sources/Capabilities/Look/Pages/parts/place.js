// Where somebody is in a list that is made anew under them.

const acting = 'a[href], button, input, select, textarea, [tabindex]';

/**
 * Shows something anew within an element by `show()`, and gives the focus back to what stands for the
 * same there: the same control of the same row, or its row, named by the `data-` attribute `row`.
 */
export function keepPlace(element, row, show) {
  const had = element.contains(document.activeElement) ? document.activeElement : null;
  const line = had?.closest(`[data-${row}]`);
  const id = line?.getAttribute(`data-${row}`);
  const at = line ? [...line.querySelectorAll(acting)].indexOf(had) : -1;
  show();
  if (!had || had.isConnected) return;
  const now = id ? element.querySelector(`[data-${row}="${CSS.escape(id)}"]`) : null;
  const controls = now ? [...now.querySelectorAll(acting)] : [];
  (controls[at] ?? controls[0] ?? element.querySelector(acting))?.focus({ preventScroll: true });
}

/** Whether somebody is at something within an element that must not be taken from under them. */
export function isHeld(element) {
  const marked = getSelection();
  const isMarked = marked && !marked.isCollapsed && element.contains(marked.anchorNode);
  return Boolean(isMarked || element.querySelector('[aria-expanded="true"]'));
}
