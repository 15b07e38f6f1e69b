// A dialog in which something is found by typing: commands, places, organisations.

import { el, freshId, icon, put } from '../base/dom.js';
import { plain, t } from '../base/words.js';
import { openDialog } from '../parts/dialog.js';

/** Results that are shown at once. */
const most = 50;

/** Whether every word that was typed is in a text, and how early the first is; null if not. */
function rank(typed, item) {
  const text = plain(`${item.words} ${item.also ?? ''}`);
  const places = typed.map((word) => text.indexOf(word));
  if (places.some((place) => place < 0)) return null;
  // What a word begins with is meant rather than what stands in its middle.
  const isStart = places[0] === 0 || text[places[0] - 1] === ' ';
  return places.reduce((sum, place) => sum + place, 0) + (isStart ? 0 : 100);
}

/** Items that fit what was typed, best first; without words all, as they come. */
export function fitting(text, items) {
  const typed = plain(text).split(/\s+/).filter(Boolean);
  if (!typed.length) return items.slice(0, most);
  return items.map((item) => [rank(typed, item), item]).filter(([place]) => place !== null)
    .sort((one, other) => one[0] - other[0]).slice(0, most).map(([, item]) => item);
}

/**
 * Opens it. `items` are `{ group, words, also, picture, keys, meta, run }`; they may come later
 * through a promise. Enter runs the chosen one, arrows choose, Escape closes.
 */
export function openPicker({ label, items }) {
  const id = freshId('results');
  let found = [];
  let here = 0;
  const input = el('input', {
    class: 'input', role: 'combobox', 'aria-expanded': 'true', 'aria-controls': id, 'aria-autocomplete': 'list',
    'aria-label': label, placeholder: label, autocomplete: 'off', spellcheck: 'false', dir: 'auto', autofocus: true,
  });
  const list = el('div', { class: 'menu', role: 'listbox', id, 'aria-label': t('palette.results') });
  const said = el('span', { class: 'push', role: 'status', 'data-part': 'results' });
  const help = [['↑', '↓', 'choose'], ['↵', 'run'], ['Esc', 'close']].map((line) => el('span', { 'aria-hidden': 'true' },
    line.slice(0, -1).map((key) => [el('kbd', {}, key), ' ']), t('palette.' + line.at(-1))));
  const dialog = openDialog({ kind: 'palette', label, body: [input, list], foot: [help, said] });
  let known = [];

  function show() {
    found = fitting(input.value, known);
    here = Math.min(here, Math.max(0, found.length - 1));
    let group = null;
    put(list, found.map((item, index) => {
      const head = item.group !== group && item.group ? el('p', { role: 'presentation' }, item.group) : null;
      group = item.group;
      return [head, el('div', {
        role: 'option', id: `${id}-${index}`, 'aria-selected': String(index === here),
        onpointermove: () => { if (here !== index) choose(index); },
        onclick: () => run(index),
      }, item.mark ?? icon(item.picture ?? 'right'), el('span', { class: 'grow cut' }, item.name ? el('bdi', {}, item.words) : item.words),
      item.meta ? el('span', { class: 'meta' }, item.meta) : null,
      item.keys ? el('span', { class: 'keys', 'aria-hidden': 'true' }, item.keys.map((key) => el('kbd', {}, key))) : null)];
    }), found.length ? null : el('p', { class: 'palette-none' }, t('palette.none')));
    said.textContent = t('palette.count', { count: found.length });
    point();
  }
  function point() {
    if (found.length) input.setAttribute('aria-activedescendant', `${id}-${here}`);
    else input.removeAttribute('aria-activedescendant');
  }
  function choose(index) {
    here = index;
    for (const option of list.querySelectorAll('[role="option"]')) {
      option.setAttribute('aria-selected', String(option.id === `${id}-${index}`));
    }
    point();
    document.getElementById(`${id}-${index}`)?.scrollIntoView({ block: 'nearest' });
  }
  function run(index) {
    const item = found[index];
    if (!item) return;
    dialog.close();
    item.run();
  }
  input.addEventListener('input', () => { here = 0; show(); });
  input.addEventListener('keydown', (event) => {
    const count = found.length;
    const target = { ArrowDown: (here + 1) % count, ArrowUp: (here - 1 + count) % count }[event.key];
    if (target !== undefined && count) {
      event.preventDefault();
      choose(target);
    } else if (event.key === 'Enter' && !event.isComposing) {
      event.preventDefault();
      run(here);
    }
  });
  Promise.resolve(items).then((list) => { known = list; show(); });
  if (items instanceof Promise) put(list, el('p', { class: 'palette-none' }, t('state.loading')));
  return dialog;
}
