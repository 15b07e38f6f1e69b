// The last seven days of one business: what happened, how much there is of what is bounded, and what
// people mostly do from here.

import { ask, path } from '/pages/look/api.js';
import { may, organisation } from '/pages/look/base/session.js';
import { mayEnter } from '/pages/look/shell/rooms.js';
import { broken, card, chart, el, figures, gauges, icon, number, put, t } from '/pages/look/parts.js';
import { keepFresh } from '/pages/look/shell.js';
import { change, inPercent, of, partNames, share } from '/pages/analytics/said.js';

/** How often figures are read anew, in milliseconds. */
const pause = 30_000;

/** Nearly all of it is used from here on. */
const much = 0.9;

const acts = [
  ['desk', 'inbox', '/pages/desk/'], ['customers', 'users', '/pages/customers/'],
  ['knowledge', 'book', '/pages/knowledge/'], ['team', 'person', '/pages/team/'],
  ['channels', 'phone', '/pages/channels/'], ['organisation', 'gear', '/pages/organisation/'],
];

/** The cards; empty where no business is chosen, or whoever is here may not see figures. */
export function week(page) {
  const place = el('div', { class: 'stack', id: 'week' });
  let shown = '';
  const read = async () => {
    const here = organisation();
    if (!here || !may('analytics:read', here.id)) {
      shown = '';
      return put(place);
    }
    const answers = await Promise.all([
      ask(path(['tenants', here.id, 'analytics'], { period: '7d', by: 'day' })), ask(path(['tenants', here.id, 'usage'])),
    ]);
    const now = JSON.stringify([here.id, answers]);
    if (now === shown || organisation()?.id !== here.id) return undefined;
    shown = now;
    return put(place, show(...answers));
  };
  keepFresh(page, () => read().catch((problem) => {
    // What was read before stays.
    if (!shown && problem.status !== 401) put(place, card({ body: broken(problem, { level: 2, again: read }) }));
  }), pause);
  return place;
}

function show(answer, usage) {
  return [numbers(answer), el('div', { class: 'cols wide-narrow' }, activity(answer), el('div', { class: 'stack' }, gaugesOf(usage), quick()))];
}

/** Conversations, handoffs, what nobody answered, satisfaction. */
function numbers({ now, before, parts }) {
  const said = now.helped + now.helpedNot;
  const delta = (key, isGood) => change(now[key], before[key], '7d', isGood);
  const sparks = (key) => parts.map((part) => part.figures[key]);
  return figures([
    { id: 'week-conversations', label: t('home.conversations'), value: now.customers, delta: delta('customers'), note: t('analytics.newOnes', { count: now.newCustomers }), spark: sparks('customers') },
    { id: 'week-handed', label: t('analytics.handed'), value: now.handedOver, delta: delta('handedOver', false), note: t('home.botAnswered', { share: inPercent(share(now.answered, now.answered + now.handedOver)) }), spark: sparks('handedOver') },
    { id: 'week-unanswered', label: t('home.unanswered'), value: now.unanswered, delta: delta('unanswered', false), note: t('home.leftOpen', { count: now.left }), spark: sparks('unanswered') },
    { id: 'week-helped', label: t('home.satisfaction'), value: inPercent(share(now.helped, said)), note: said ? of(now.helped, said) : t('analytics.helpedNone') },
  ]);
}

function activity(answer) {
  const values = (key) => answer.parts.map((part) => part.figures[key]);
  return card({
    title: t('home.activity'), end: el('a', { class: 'meta push', href: '/pages/analytics/' }, t('home.allFigures')),
    body: chart({
      title: t('home.activity'), labels: partNames(answer.parts, 'day', answer.timeZone), first: t('analytics.by.day'),
      series: [{ name: t('analytics.byBot'), values: values('answered') }, { name: t('analytics.toPeople'), values: values('handedOver') }, { name: t('analytics.left'), values: values('left') }],
    }),
  });
}

/** What is used of what is bounded; what is not bounded is said as it is. */
function gaugesOf({ gauges: list }) {
  const bounded = list.filter(({ limit }) => limit);
  const others = list.filter(({ limit }) => !limit);
  return card({
    title: t('home.usage'),
    body: [
      gauges(bounded.map(({ kind, used, limit }) => ({
        label: t('home.usage.' + kind), words: of(used, limit), value: used, max: limit, kind: used >= limit ? 'bad' : used >= limit * much ? 'warn' : '',
      }))),
      el('dl', { class: 'pairs' }, others.map(({ kind, used }) => [
        el('dt', {}, t('home.usage.' + kind)), el('dd', { class: 'num' }, kind === 'documentBytes' ? bytes(used) : number(used)),
      ])),
    ],
  });
}

const sizes = [['gigabyte', 1e9], ['megabyte', 1e6], ['kilobyte', 1e3]];

function bytes(count) {
  const [unit, size] = sizes.find(([, size]) => count >= size) ?? ['byte', 1];
  return number(count / size, { style: 'unit', unit, unitDisplay: 'short', maximumFractionDigits: count / size < 10 ? 1 : 0 });
}

/** What people mostly do from here. */
function quick() {
  const open = acts.filter(([room]) => mayEnter(room));
  return open.length ? card({
    title: t('home.quick'), kind: 'home-quick',
    body: el('ul', {}, open.map(([room, picture, href]) => el('li', {}, el('a', { class: 'button', href }, icon(picture), t('home.act.' + room))))),
  }) : null;
}
