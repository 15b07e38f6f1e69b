// A field that narrows what is all here already.

import { filters, t } from '/pages/look/parts.js';

/** The field above a table of `label`, by its name in the page's address. */
export function wordsFilter(name, label) {
  return filters(label, [{ name, kind: 'search', label: t('desk.find'), keys: true }]);
}

/** Whether each of the words is in one of the texts, whatever their case and accents. */
export function holds(texts, words = '') {
  const all = plain(texts.join('\n'));
  return plain(words).split(/\s+/).every((word) => all.includes(word));
}

function plain(text) {
  return text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
}
