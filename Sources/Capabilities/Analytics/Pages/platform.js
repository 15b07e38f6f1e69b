// Figures of all businesses, for who runs the installation: each in its own days.

import { ask, path } from '/pages/look/api.js';
import { blank, button, card, chart, el, figures, name, number, plainTable, put, t, toast } from '/pages/look/parts.js';
import { change, changeOfShare, inPercent, of, share } from './said.js';

/** Asks for them. */
export function read({ period }, after) {
  return ask(path(['analytics'], { period, after }));
}

/** All cards. */
export function show(answer, choice) {
  if (!answer.businesses) return blank({ picture: 'building', level: 2, title: t('analytics.noBusiness'), text: t('analytics.noBusinessText') });
  return [
    mainFigures(answer, choice.compare),
    el('div', { class: 'cols wide-narrow' },
      el('div', { class: 'stack' }, traffic(answer), active(answer)),
      el('div', { class: 'stack' }, adoption(answer, choice.compare))),
    businesses(answer, choice),
    el('p', { class: 'meta', id: 'analytics-basis' }, t('analytics.ownDays')),
  ];
}

function mainFigures(answer, compare) {
  const { now, before, period } = answer;
  const delta = (one, other, isGood) => (compare ? change(one, other, period, isGood) : null);
  const bot = share(now.answered, now.answered + now.handedOver);
  const botBefore = share(before.answered, before.answered + before.handedOver);
  return figures([
    { id: 'businesses', label: t('analytics.active'), value: answer.activeBusinesses.now, delta: delta(answer.activeBusinesses.now, answer.activeBusinesses.before), note: t('analytics.ofBusinesses', { count: answer.businesses }) },
    { id: 'new-businesses', label: t('analytics.newBusinesses'), value: answer.newBusinesses.now, delta: delta(answer.newBusinesses.now, answer.newBusinesses.before), note: t('analytics.beforeCount', { count: number(answer.newBusinesses.before) }) },
    { id: 'messages', label: t('analytics.messages'), value: now.fromCustomers, delta: delta(now.fromCustomers, before.fromCustomers), note: t('analytics.messagesOut', { bot: now.byBot, people: now.byPeople }), spark: answer.parts.map((part) => part.fromCustomers) },
    { id: 'customers', label: t('analytics.customers'), value: now.customers, delta: delta(now.customers, before.customers), note: t('analytics.newOnes', { count: now.newCustomers }), spark: answer.parts.map((part) => part.customers) },
    { id: 'bot-share', label: t('analytics.botShare'), value: inPercent(bot), delta: compare ? changeOfShare(bot, botBefore, period) : null, note: of(now.answered, now.answered + now.handedOver) },
    { id: 'handed', label: t('analytics.handed'), value: now.handedOver, delta: delta(now.handedOver, before.handedOver, false), note: t('analytics.unansweredOf', { count: now.unanswered }) },
    { id: 'returned', label: t('analytics.returned'), value: inPercent(share(answer.returnedCustomers, answer.earlierCustomers)), note: of(answer.returnedCustomers, answer.earlierCustomers) },
    { id: 'members', label: t('analytics.members'), value: now.members, delta: delta(now.members, before.members), note: t('analytics.membersNote') },
  ]);
}

/** What a part is called: how long ago it was, as each business has days of its own. */
function labels(answer) {
  return answer.parts.map(({ ago }) => (ago ? t(answer.by === 'hour' ? 'analytics.hoursAgo' : 'analytics.daysAgo', { count: ago })
    : t(answer.by === 'hour' ? 'analytics.thisHour' : 'analytics.today')));
}

function traffic(answer) {
  return card({
    title: t('analytics.traffic'),
    body: chart({ title: t('analytics.traffic'), kind: 'lines', labels: labels(answer), series: [{ name: t('analytics.traffic'), values: answer.parts.map((part) => part.fromCustomers) }] }),
  });
}

function active(answer) {
  return card({
    title: t('analytics.activeBy'),
    body: chart({ title: t('analytics.activeBy'), labels: labels(answer), series: [{ name: t('analytics.active'), values: answer.parts.map((part) => part.businesses) }] }),
  });
}

function adoption(answer, compare) {
  const rows = [...answer.adoption].sort((one, other) => other.now - one.now);
  return card({
    title: t('analytics.adoption'), end: el('span', { class: 'meta push' }, t('analytics.ofBusinesses', { count: answer.businesses })),
    body: el('ol', { class: 'ranks analytics-ranks', id: 'adoption' }, rows.map((row) => el('li', {},
      el('span', {}, t('analytics.feature.' + row.feature)),
      el('span', { class: 'num soft' }, `${number(row.now)} · ${inPercent(share(row.now, answer.businesses))}`),
      el('progress', { class: 'meter', value: row.now, max: answer.businesses, 'aria-label': t('analytics.feature.' + row.feature) }),
      compare ? el('span', { class: 'sub' }, t('analytics.beforeCount', { count: number(row.before) })) : null))),
  });
}

function businesses(answer, choice) {
  const rows = [...answer.rows];
  let next = answer.next;
  const place = el('div', { class: 'table-wrap', id: 'business-figures', role: 'region', tabindex: '0', 'aria-label': t('analytics.businesses') });
  const foot = el('footer', { class: 'card-foot' });
  const heads = ['business', 'head.messages', 'before', 'people', 'head.bot', 'head.handed', 'returned', 'head.members', 'featuresUsed'].map((key) => t('analytics.' + key));
  const draw = () => {
    put(place, plainTable(t('analytics.businesses'), heads, rows.map((row) => [
      name(row.name), row.now.fromCustomers, row.before.fromCustomers, row.now.customers,
      inPercent(share(row.now.answered, row.now.answered + row.now.handedOver)), row.now.handedOver,
      inPercent(share(row.returnedCustomers, row.earlierCustomers)), row.now.members ?? 0,
      row.features.filter(({ uses }) => uses).length,
    ])));
    put(foot, el('span', {}, of(rows.length, answer.businesses)), next ? button(t('analytics.more'), { kind: 'small push', id: 'more-businesses', act: more }) : null);
  };
  const more = async () => {
    try {
      const page = await read(choice, next);
      rows.push(...page.rows);
      next = page.next;
      draw();
    } catch (problem) {
      toast(problem.words ?? problem.message, { bad: true });
    }
  };
  draw();
  return el('section', { class: 'card' }, el('header', { class: 'card-head' }, el('h2', {}, t('analytics.businesses'))), place, foot);
}
