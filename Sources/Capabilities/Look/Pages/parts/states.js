// What stands where something is on its way, is not there, or is broken. The frame stays.

import { button, el, heard, icon, put } from '../base/dom.js';
import { t } from '../base/words.js';

/** What comes sooner than this shows nothing that stands for it, in milliseconds. */
const patience = 300;

/** What stands in a card where there is nothing: a picture, a title, a sentence, and acts. */
export function blank({ picture, title, text, acts = [], meta = null, level = 3 }) {
  return el('div', { class: 'blank' }, icon(picture), el('h' + level, {}, title), text ? el('p', {}, text) : null,
    acts.length ? el('div', { class: 'row' }, acts) : null,
    meta ? el('span', { class: 'meta mono' }, meta) : null);
}

/** Lines that stand for what is on its way. */
export function bones(count = 6) {
  return el('div', { class: 'bones', role: 'status' }, heard(t('state.loading')),
    Array.from({ length: count }, () => el('i', { 'aria-hidden': 'true' })));
}

/** What stands where something could not be read: what happened, and what can be done. */
export function broken(problem, { title = t('state.broken'), again, level } = {}) {
  const starting = problem.code === 'starting';
  return blank({
    picture: starting ? 'clock' : 'bad',
    title: starting ? t('state.starting') : title,
    text: starting ? t('state.startingText') : problem.words ?? problem.message,
    acts: again && !starting ? [button(t('act.again'), { picture: 'refresh', act: again })] : [],
    meta: problem.request ? t('state.request', { id: problem.request })
      : problem.status && !starting ? t('state.code', { code: problem.code }) : null,
    level,
  });
}

/**
 * Fills a place with what a promise gives: lines that stand for it after a moment, the rest when it
 * is there, or why it is not. `work` gets a signal, and is called again where somebody asks for it.
 */
export async function fillIn(place, work, options = {}) {
  place.setAttribute('aria-busy', 'true');
  const waiting = setTimeout(() => put(place, bones(options.bones)), patience);
  try {
    put(place, await work());
  } catch (problem) {
    if (problem.name === 'AbortError') return;
    put(place, broken(problem, { ...options, again: () => fillIn(place, work, options) }));
  } finally {
    clearTimeout(waiting);
    place.removeAttribute('aria-busy');
  }
}

/** Shows that a place is waited for, after a moment; call what it gives when it is there. */
export function waitIn(place, isEmpty) {
  place.setAttribute('aria-busy', 'true');
  const waiting = setTimeout(() => { if (isEmpty()) put(place, bones()); }, patience);
  return () => {
    clearTimeout(waiting);
    place.removeAttribute('aria-busy');
  };
}

const pictures = { bad: 'bad', warn: 'warn', ok: 'ok' };

/** Something that needs attention on this page. `kind` is `bad`, `warn`, `ok` or empty. */
export function notice(kind, title, text, ...acts) {
  return el('div', { class: `notice ${kind}`.trim(), role: kind === 'bad' ? 'alert' : 'status' },
    icon(pictures[kind] ?? 'info'),
    el('div', { class: 'grow' }, el('strong', {}, title), text ? el('p', {}, text) : null), acts);
}
