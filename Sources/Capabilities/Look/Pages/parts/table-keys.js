// The keys of a list: one stop of the tab key, which is the row that was used last; arrows go from
// row to row.

const stops = 'a, button, input, select';

function rowsOf(wrap) {
  return [...wrap.querySelectorAll('tbody tr[data-row]')];
}

/** Makes the first row the list's stop, unless another one is. */
export function settleStops(wrap) {
  const rows = rowsOf(wrap);
  const here = rows.find((row) => row.dataset.stop !== undefined) ?? rows[0];
  for (const row of rows) stop(row, row === here);
  // What is wider than its place is scrolled by the keys, where nothing in it takes the focus.
  const isLoose = rows.length > 0 && !rows[0].querySelector(stops) && !wrap.querySelector('thead button');
  if (isLoose) {
    wrap.tabIndex = 0;
    wrap.setAttribute('role', 'region');
    wrap.setAttribute('aria-label', wrap.querySelector('caption')?.textContent ?? '');
  } else {
    wrap.removeAttribute('tabindex');
    wrap.removeAttribute('role');
    wrap.removeAttribute('aria-label');
  }
}

function stop(row, isStop) {
  if (isStop) row.dataset.stop = '';
  else delete row.dataset.stop;
  for (const each of row.querySelectorAll(stops)) each.tabIndex = isStop ? 0 : -1;
}

/** Lets the arrows, Home and End go through the rows; the space bar ticks one. */
export function rowKeys(wrap, picked) {
  wrap.addEventListener('keydown', (event) => {
    const row = event.target.closest('tr[data-row]');
    if (!row || event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.target.closest('[role="menu"]')) return;
    const rows = rowsOf(wrap);
    const here = rows.indexOf(row);
    const target = { ArrowDown: here + 1, ArrowUp: here - 1, Home: 0, End: rows.length - 1 }[event.key];
    if (target !== undefined && rows[target]) {
      // The arrows of a menu's button open it.
      if (event.target.matches('[aria-haspopup]') && event.key.startsWith('Arrow')) return;
      event.preventDefault();
      const next = rows[target];
      for (const each of rows) stop(each, each === next);
      const same = event.target.matches('.tick input') ? '.tick input' : '[data-lead]';
      (next.querySelector(same) ?? next.querySelector(stops))?.focus();
      next.scrollIntoView({ block: 'nearest' });
    } else if (event.key === ' ' && picked && event.target.matches('[data-lead]')) {
      event.preventDefault();
      row.querySelector('.tick input').click();
    }
  });
  wrap.addEventListener('focusin', (event) => {
    const row = event.target.closest('tr[data-row]');
    if (!row || row.dataset.stop !== undefined) return;
    for (const each of rowsOf(wrap)) stop(each, each === row);
  });
}
