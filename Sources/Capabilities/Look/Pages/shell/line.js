// The line to the console: a word about it only while it is cut or being mended.

import { el, icon, put } from '../base/dom.js';
import { number, t } from '../base/words.js';

/** A line that fails once is not worth a word yet, in milliseconds. */
const patience = 600;
/** More than this is not counted out beside a room's name. */
const mostCounted = 99;

/** The place for it, under the bar. */
export function connectionLine() {
  const place = el('div', { class: 'line-place', role: 'status', 'aria-live': 'polite' });
  let waiting = null;
  let count = null;
  const show = (words) => put(place, words && el('div', { class: 'line-state' }, icon('refresh', 'small'), el('span', {}, words)));
  const cut = (words) => {
    clearInterval(count);
    if (place.firstChild) return show(words);
    waiting ??= setTimeout(() => show(words), patience);
  };
  const whole = () => {
    clearTimeout(waiting);
    clearInterval(count);
    waiting = null;
    put(place);
  };
  addEventListener('parley:reached', (event) => (event.detail ? whole() : cut(t('line.cut'))));
  addEventListener('offline', () => cut(t('line.offline')));
  addEventListener('online', whole);
  addEventListener('parley:live', ({ detail }) => {
    if (detail.state === 'live') return whole();
    if (detail.state !== 'waiting') return undefined;
    let left = Math.ceil(detail.pause / 1_000);
    cut(t('line.again', { count: left }));
    count = setInterval(() => {
      left -= 1;
      if (left > 0 && place.firstChild) place.querySelector('.line-state > span').textContent = t('line.again', { count: left });
    }, 1_000);
    return undefined;
  });
  return place;
}

/** How many things wait in a room, shown beside its name. */
export function setCount(room, count, isUrgent = false) {
  for (const place of document.querySelectorAll(`[data-count="${CSS.escape(room)}"]`)) {
    place.hidden = !count;
    place.classList.toggle('hot', isUrgent);
    put(place, count > mostCounted ? `${number(mostCounted)}+` : number(count), el('span', { class: 'sr' }, ' ', t('nav.waiting')));
  }
}
