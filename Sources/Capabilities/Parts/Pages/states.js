// States of a page: what happened, what it means for customers, what can be done.

import { ago, button, card, clockTime, date, day, duration, el, exactTime, icon, notice, pairs, t, time, zone } from '/pages/look/parts.js';
import { shelf } from './shelf.js';

const moment = Date.UTC(2026, 10, 27, 9, 54);

/** Notices, the line's words, and moments in words. */
export function states() {
  const words = (key) => t('parts.state.' + key);
  const lost = () => dispatchEvent(new CustomEvent('parley:live', { detail: { state: 'waiting', pause: 5_000 } }));
  const found = () => dispatchEvent(new CustomEvent('parley:live', { detail: { state: 'live' } }));
  return shelf('states',
    el('div', { class: 'stack tight' },
      el('div', { class: 'line-state' }, icon('refresh', 'small'), t('line.cut')),
      notice('', words('guest'), words('guestText'), button(words('leave'), { kind: 'small' })),
      notice('ok', words('domain'), words('domainText')),
      notice('warn', words('document'), words('documentText'), button(words('look'), { kind: 'small' })),
      notice('bad', words('late'), words('lateText'), button(words('look'), { kind: 'small' }))),
    el('div', { class: 'row' }, button(words('cut'), { id: 'cut-line', act: lost }), button(words('mend'), { id: 'mend-line', act: found })),
    card({
      title: words('moments'), level: 3, body: pairs([
        [words('ago'), time(Date.now() - 7_200_000)], [words('exact'), time(moment, exactTime)], [words('clock'), time(moment, clockTime)],
        [words('date'), time(moment, date)], [words('dayOf'), time(moment, day)], [words('soon'), time(Date.now() + 259_300_000)],
        [words('length'), duration(222_000)], [words('zone'), el('span', { class: 'mono' }, zone())], [words('old'), time(Date.now() - 40_000_000_000, ago)],
      ]),
    }));
}
