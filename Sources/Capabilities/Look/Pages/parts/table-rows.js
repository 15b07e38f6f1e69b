// Heads and rows of tables.

import { el, heard, icon } from '../base/dom.js';
import { t } from '../base/words.js';
import { menuButton } from './menu.js';

/** Kinds of columns that are classes of their cells. */
const classes = { lead: 'lead', number: 'num', fit: 'fit' };

/** The row of heads; those whose column can be sorted are buttons. */
export function headOf(options, state, picked, sortBy) {
  return el('thead', {}, el('tr', {},
    picked ? el('th', { class: 'tick', scope: 'col' }, picked.all) : null,
    options.columns.map((column) => {
      const isSorted = column.sort && state.sort?.by === column.sort;
      return el('th', {
        scope: 'col', class: classOf(column),
        'aria-sort': isSorted ? (state.sort.isDown ? 'descending' : 'ascending') : null,
      }, column.sort
        ? el('button', { type: 'button', 'data-sort': column.sort, onclick: () => sortBy(column.sort) }, column.head,
          icon(isSorted ? (state.sort.isDown ? 'down' : 'up') : 'sort', 'small'))
        : column.head);
    }),
    options.menu ? el('th', { class: 'act', scope: 'col' }, heard(t('table.acts'))) : null));
}

function classOf(column) {
  return [classes[column.kind], column.class].filter(Boolean).join(' ') || null;
}

/** One row. */
export function rowOf(row, options, picked) {
  const id = options.id(row);
  const line = el('tr', { 'data-row': id, class: options.open || options.href ? 'opens' : null },
    picked ? el('td', { class: 'tick' }, picked.tick(row)) : null,
    options.columns.map((column) => {
      const value = column.cell(row);
      return el('td', {
        class: classOf(column), 'data-label': column.kind === 'lead' || column.bare ? null : column.head,
      }, column.kind === 'lead' ? lead(row, value, options, column.mark?.(row)) : value);
    }),
    options.menu ? el('td', { class: 'act' }, menuButton({
      picture: 'dots', kind: 'quiet small', label: t('table.actsOf', { name: options.name(row) }), end: true,
      items: () => options.menu(row),
    })) : null);
  if (options.open) {
    line.addEventListener('click', (event) => {
      if (event.metaKey || event.ctrlKey || event.shiftKey || String(getSelection())) return;
      // What can be acted on by itself acts by itself.
      if (event.target.closest('button, input, label, a:not([data-lead])')) return;
      event.preventDefault();
      options.open(row);
    });
  }
  return line;
}

function lead(row, value, options, mark) {
  const [first, ...rest] = Array.isArray(value) ? value : [value];
  const href = options.href?.(row);
  const named = href ? el('a', { href, 'data-lead': options.id(row) }, first)
    : options.open ? el('button', { type: 'button', class: 'name', 'data-lead': options.id(row), onclick: () => options.open(row) }, first)
      : el('span', { class: 'name' }, first);
  if (!mark) return [named, ...rest];
  return el('div', { class: 'row no-wrap named' }, mark, el('div', { class: 'grow' }, named, rest));
}
