// Tabs change the subject; segments change the view of one subject.

import { el, freshId, put } from '../base/dom.js';
import { number } from '../base/words.js';

/** Where arrows lead to along a row, whose beginning is at the right where people read so. */
function steps(key, here, count) {
  const isRight = document.documentElement.dir === 'rtl';
  return {
    ArrowRight: here + (isRight ? -1 : 1), ArrowLeft: here + (isRight ? 1 : -1), Home: 0, End: count - 1,
  }[key];
}

/**
 * Tabs with their panels: `{ words, count, content }` each, whose `content` is made when it is first
 * shown. Gives the element.
 */
export function tabs(label, list, { chosen = 0, changed } = {}) {
  const base = freshId('tab');
  const panel = el('div', { role: 'tabpanel', id: `${base}-panel`, tabindex: '0' });
  const made = new Map();
  const heads = list.map((tab, index) => el('button', {
    type: 'button', role: 'tab', id: `${base}-${index}`, 'aria-controls': panel.id, onclick: () => show(index),
  }, tab.words, tab.count === undefined ? null : el('span', { class: 'count' }, ' ', number(tab.count))));
  const row = el('div', { class: 'tabs', role: 'tablist', 'aria-label': label }, heads);
  row.addEventListener('keydown', (event) => {
    const step = steps(event.key, heads.indexOf(event.target), heads.length);
    if (step === undefined) return;
    const next = heads.at(step % heads.length);
    event.preventDefault();
    next.focus();
    next.click();
  });
  function show(index) {
    heads.forEach((head, each) => {
      head.setAttribute('aria-selected', String(each === index));
      head.tabIndex = each === index ? 0 : -1;
    });
    if (!made.has(index)) made.set(index, list[index].content());
    panel.setAttribute('aria-labelledby', heads[index].id);
    put(panel, made.get(index));
    changed?.(index);
  }
  show(chosen);
  return el('div', { class: 'stack' }, row, panel);
}

/** A choice of one view among few: `[value, words]` each. Gives the element. */
export function segments(label, list, { chosen, changed }) {
  const buttons = list.map(([value, words]) => el('button', {
    type: 'button', 'aria-pressed': String(value === chosen), 'data-value': value,
    onclick: (event) => {
      for (const each of buttons) each.setAttribute('aria-pressed', String(each === event.currentTarget));
      changed(value);
    },
  }, words));
  return el('div', { class: 'segments', role: 'group', 'aria-label': label }, buttons);
}
