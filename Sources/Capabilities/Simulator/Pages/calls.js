// What WhatsApp and the business say to each other.

import { ask, path } from '/pages/look/api.js';
import { badge, broken, clockTime, el, name, number, put, t } from '/pages/look/parts.js';
import { keepFresh } from '/pages/look/shell.js';

/** Between two looks, in milliseconds. */
const pause = 2_000;
const shown = 60;

/** The newest calls, kept fresh while they are looked at. */
export function callsPanel({ page, business }) {
  const list = el('ol', { class: 'sim-calls' });
  const element = el('div', { class: 'stack' }, el('p', { class: 'soft' }, t('simulator.callsText')), list);
  let newest = -1;
  let whose = null;

  async function load() {
    try {
      const { calls } = await ask(path(['simulator', 'calls'], { business: business().name, limit: shown }));
      const first = calls[0]?.number ?? 0;
      if (first === newest && whose === business().name) return;
      [newest, whose] = [first, business().name];
      // Who reads one goes on reading it.
      const open = new Set([...list.querySelectorAll('details[open]')].map((each) => each.dataset.number));
      put(list, calls.length ? calls.map((call) => row(call, open.has(String(call.number)))) : el('li', { class: 'soft' }, t('simulator.noCalls')));
    } catch (problem) {
      put(list, el('li', {}, broken(problem, { again: load, level: 3 })));
    }
  }
  keepFresh(page, async () => { if (list.isConnected) await load(); }, pause);
  return { element, load };
}

function row(call, isOpen) {
  const isGood = call.status >= 200 && call.status < 300;
  return el('li', {}, el('details', { 'data-number': call.number, open: isOpen },
    el('summary', {}, el('span', { class: 'meta num' }, clockTime(call.at)),
      el('span', { class: 'grow' }, t('simulator.direction.' + call.direction)),
      badge(isGood ? 'ok' : 'bad', call.status ? String(call.status) : t('simulator.noAnswer')), el('span', { class: 'meta num' }, t('simulator.took', { count: number(call.milliseconds) }))),
    el('p', { class: 'mono cut' }, call.what),
    call.body ? el('pre', { class: 'sim-body mono', tabindex: '0', 'aria-label': t('simulator.body') }, pretty(call.body)) : null));
}

function pretty(text) {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    // Cut, or no JSON: as it is.
    return text;
  }
}
