// Small marks: a state in a word, a machine's state, a name people gave, a person.

import { el, icon, name } from '../base/dom.js';
import { t } from '../base/words.js';

/** A state in a word. `kind` is `ok`, `warn`, `bad`, `accent`, `outline` or empty. */
export function badge(kind, words, picture) {
  return el('span', { class: `badge ${kind}`.trim() }, picture ? icon(picture) : null, words);
}

/** A machine's state: `ok`, `warn`, `bad` or `off`, with its word. */
export function state(kind, words) {
  return el('span', { class: `state ${kind}` }, words);
}

/** A name that people gave; with `remove` it can be taken away. */
export function tag(words, remove) {
  const shown = el('span', { class: 'tag' }, name(words), remove
    ? el('button', { type: 'button', 'aria-label': t('tag.remove', { name: words }), onclick: () => take() }, icon('x', 'small'))
    : null);
  const take = () => {
    shown.remove();
    remove();
  };
  return shown;
}

/** The first letters of a name, for the eyes only. */
export function initials(text) {
  const words = text.trim().split(/\s+/).filter(Boolean);
  const letters = words.length > 1 ? [words[0], words.at(-1)] : words;
  return letters.map((word) => [...word][0]).join('').toLocaleUpperCase();
}

/** A person, a team or a program. `kind` is its classes; `reach` is `here`, `away` or `gone`. */
export function avatar({ text, picture, kind = '', reach }) {
  return el('span', { class: `avatar ${kind}`.trim(), 'aria-hidden': 'true', 'data-reach': reach },
    picture ? icon(picture) : initials(text));
}

/** Somebody or something with its mark, a name and a second line. */
export function named({ text, sub, mono = false, ...mark }) {
  return el('div', { class: 'row no-wrap top named' }, avatar({ text, ...mark }),
    el('div', { class: 'grow' }, name(text), sub ? name(sub, { class: mono ? 'sub mono' : 'sub' }) : null));
}

/** A key of the keyboard, or several that are pressed together. */
export function keys(list) {
  return el('span', { class: 'keys' }, list.map((key) => el('kbd', {}, key)));
}

/** A row of details: `[what, value, second line]` each. */
export function pairs(list) {
  return el('dl', { class: 'pairs' }, list.filter(Boolean).map(([what, value, sub]) => [
    el('dt', {}, what), el('dd', {}, value, sub ? el('span', { class: 'sub mono' }, sub) : null),
  ]));
}

/** A card with a title, a place at the end of its head, and a body or a table. */
export function card({ title, level = 2, end, body, wrap, foot, kind = '' }) {
  return el('section', { class: `card ${kind}`.trim(), 'aria-label': typeof title === 'string' ? title : null },
    title ? el('header', { class: 'card-head' }, el('h' + level, { class: 'grow' }, title), end) : null,
    body ? el('div', { class: 'card-body' }, body) : null,
    wrap ?? null,
    foot ? el('footer', { class: 'card-foot' }, foot) : null);
}
