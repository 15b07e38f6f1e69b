// What is selected in a table, also on other pages, and what can be done with all of it.

import { button, el, put } from '../base/dom.js';
import { t } from '../base/words.js';

/**
 * The selection of a table. `options.select` is `{ acts }`: `{ words, picture, danger, run(rows) }`
 * each, whose `run` gives whether it was done; then the list is read anew. `options.name(row)` names
 * a row. Gives `{ element, all, tick(row), show(), clear() }`.
 */
export function selection(options, rows, reload) {
  const picked = new Map();
  const said = el('strong', { role: 'status', 'data-part': 'selected' });
  const acts = options.select.acts.map((act) => button(act.words, {
    kind: `small ${act.danger ? 'danger' : ''}`.trim(), picture: act.picture, 'data-act': act.name,
    act: async () => {
      if (await act.run([...picked.values()]) === false) return;
      clear();
      reload();
    },
  }));
  const element = el('div', { class: 'bulk', role: 'group', 'aria-label': t('table.withSelected'), hidden: true }, said, acts,
    button(t('table.unselect'), { kind: 'quiet small push', act: () => clear(), 'data-act': 'unselect' }));
  const all = el('input', { type: 'checkbox', 'aria-label': t('table.selectAll') });
  all.addEventListener('change', () => {
    for (const row of rows()) mark(row, all.checked);
    sync();
    show();
  });
  const ticks = new Map();

  function mark(row, isPicked) {
    const id = options.id(row);
    if (isPicked) picked.set(id, row);
    else picked.delete(id);
  }
  function sync() {
    for (const [id, input] of ticks) {
      if (!input.isConnected) ticks.delete(id);
      else input.checked = picked.has(id);
    }
  }
  function show() {
    const here = rows().filter((row) => picked.has(options.id(row))).length;
    element.hidden = picked.size === 0;
    put(said, picked.size ? t('table.selected', { count: picked.size }) : null);
    all.checked = here > 0 && here === rows().length;
    all.indeterminate = here > 0 && here < rows().length;
  }
  function clear() {
    const hadFocus = element.contains(document.activeElement);
    picked.clear();
    sync();
    show();
    if (hadFocus) all.focus();
  }
  return {
    element, all, show, clear,
    tick(row) {
      const id = options.id(row);
      const input = el('input', { type: 'checkbox', 'aria-label': t('table.select', { name: options.name(row) }), checked: picked.has(id) });
      input.addEventListener('change', () => {
        mark(row, input.checked);
        show();
      });
      ticks.set(id, input);
      return input;
    },
  };
}
