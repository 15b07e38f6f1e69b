// Figures of one business.

import { ask, path, save } from '/pages/look/api.js';
import { blank, button, card, chart, el, figures, heatMap, notice, number, percent, plainTable, t, toast } from '/pages/look/parts.js';
import { change, changeOfShare, inPercent, of, partNames, share, weekdays, within } from './said.js';

/** Asks for them. */
export function read(tenant, { period, by }) {
  return ask(path(['tenants', tenant, 'analytics'], { period, by }));
}

/** The button that saves them as a table. */
export function saving(parts, query) {
  return button(t('analytics.csv'), {
    kind: 'small', picture: 'download', id: 'analytics-csv',
    act: () => save(path(parts, query), 'analytics.csv').catch((problem) => toast(problem.words ?? problem.message, { bad: true })),
  });
}

/** All cards. */
export function show(answer, { compare }) {
  const { now, before } = answer;
  const isEmpty = !now.fromCustomers && !before.fromCustomers && !now.byPeople && !now.byBot;
  if (isEmpty) return blank({ picture: 'pulse', level: 2, title: t('analytics.none'), text: t('analytics.noneText') });
  return [
    answer.isLimited ? notice('info', t('analytics.limited'), t('analytics.limitedText')) : null,
    mainFigures(answer, compare),
    el('div', { class: 'cols wide-narrow' },
      el('div', { class: 'stack' }, traffic(answer, compare), answered(answer), people(answer)),
      el('div', { class: 'stack' }, reasons(answer, compare), answers(answer, compare), features(answer))),
    hours(answer),
    el('p', { class: 'meta', id: 'analytics-basis' }, t('analytics.basis', { zone: answer.timeZone.replaceAll('_', ' ') })),
  ];
}

/** The figures at the top. */
function mainFigures(answer, compare) {
  const { now, before, period } = answer;
  const delta = (key, isGood) => (compare ? change(now[key], before[key], period, isGood) : null);
  const bot = share(now.answered, now.answered + now.handedOver);
  const botBefore = share(before.answered, before.answered + before.handedOver);
  const said = now.helped + now.helpedNot;
  return figures([
    { id: 'customers', label: t('analytics.customers'), value: now.customers, delta: delta('customers'), note: t('analytics.newOnes', { count: now.newCustomers }), spark: sparks(answer, 'customers') },
    { id: 'bot-share', label: t('analytics.botShare'), value: inPercent(bot), delta: compare ? changeOfShare(bot, botBefore, period) : null, note: of(now.answered, now.answered + now.handedOver) },
    { id: 'handed', label: t('analytics.handed'), value: now.handedOver, delta: delta('handedOver', false), note: t('analytics.unansweredOf', { count: now.unanswered }), spark: sparks(answer, 'handedOver') },
    { id: 'left', label: t('analytics.left'), value: now.left, delta: delta('left', false), note: t('analytics.leftNote') },
    { id: 'helped', label: t('analytics.helped'), value: inPercent(share(now.helped, said)), note: said ? t('analytics.helpedOf', { count: said }) : t('analytics.helpedNone') },
    { id: 'returned', label: t('analytics.returned'), value: inPercent(share(answer.returnedCustomers, answer.earlierCustomers)), note: of(answer.returnedCustomers, answer.earlierCustomers) },
    { id: 'messages', label: t('analytics.messages'), value: now.fromCustomers, delta: delta('fromCustomers'), note: t('analytics.messagesOut', { bot: now.byBot, people: now.byPeople }) },
    now.members === undefined ? null : { id: 'members', label: t('analytics.members'), value: now.members, delta: delta('members'), note: t('analytics.membersNote') },
  ].filter(Boolean));
}

/** The way of a figure; nothing where there is one part only. */
function sparks(answer, key) {
  return answer.parts.length > 1 ? answer.parts.map((part) => part.figures[key]) : null;
}

/** Customers' messages, and those of the time before. */
function traffic(answer, compare) {
  const values = (parts) => answer.parts.map((_, index) => parts[index]?.figures.fromCustomers ?? 0);
  const list = [{ name: t('analytics.now'), values: values(answer.parts) }];
  if (compare) list.push({ name: t('analytics.before'), values: values(answer.partsBefore) });
  return card({
    title: t('analytics.traffic'), end: el('span', { class: 'meta push' }, number(answer.now.fromCustomers)),
    body: chart({
      title: t('analytics.traffic'), kind: answer.parts.length > 1 ? 'lines' : 'bars', labels: partNames(answer.parts, answer.by, answer.timeZone), series: list,
      first: t('analytics.by.' + answer.by),
    }),
  });
}

/** Who answered. */
function answered(answer) {
  const of = (key) => answer.parts.map((part) => part.figures[key]);
  return card({
    title: t('analytics.answeredBy'),
    body: chart({
      title: t('analytics.answeredBy'), labels: partNames(answer.parts, answer.by, answer.timeZone), first: t('analytics.by.' + answer.by),
      series: [{ name: t('analytics.byBot'), values: of('answered') }, { name: t('analytics.toPeople'), values: of('handedOver') }, { name: t('analytics.left'), values: of('left') }],
    }),
  });
}

/** Customers, new ones and others. */
function people(answer) {
  const others = answer.parts.map(({ figures: { customers, newCustomers } }) => customers - newCustomers);
  return card({
    title: t('analytics.people'), end: el('span', { class: 'meta push' }, t('analytics.newOnes', { count: answer.now.newCustomers })),
    body: chart({
      title: t('analytics.people'), labels: partNames(answer.parts, answer.by, answer.timeZone), first: t('analytics.by.' + answer.by),
      series: [{ name: t('analytics.known'), values: others }, { name: t('analytics.new'), values: answer.parts.map((part) => part.figures.newCustomers) }],
    }),
  });
}

/** Why conversations were handed over. */
function reasons(answer, compare) {
  const most = Math.max(1, ...answer.reasons.map(({ now }) => now));
  const all = answer.now.handedOver;
  return card({
    title: t('analytics.reasons'), end: el('span', { class: 'meta push' }, number(all)),
    body: answer.reasons.length ? el('ol', { class: 'ranks analytics-ranks', id: 'reasons' }, answer.reasons.map((row) => el('li', {},
      el('span', {}, reasonName(row.reason)),
      el('span', { class: 'num soft' }, all ? `${number(row.now)} · ${percent(row.now / all)}` : number(row.now)),
      el('progress', { class: 'meter', value: row.now, max: most, 'aria-label': reasonName(row.reason) }),
      compare ? el('span', { class: 'sub' }, t('analytics.beforeCount', { count: number(row.before) })) : null)))
      : el('p', { class: 'soft' }, t('analytics.noReasons')),
  });
}

function reasonName(reason) {
  const key = 'analytics.reason.' + reason;
  const words = t(key);
  return words === key ? reason : words;
}

/** How long answers took. */
function answers({ now, before }, compare) {
  const rows = [
    [t('analytics.bot.half'), 'botHalf'], [t('analytics.bot.nine'), 'botNine'], [t('analytics.people.half'), 'peopleHalf'], [t('analytics.people.nine'), 'peopleNine'],
  ];
  const heads = [t('analytics.answer'), t('analytics.now'), ...(compare ? [t('analytics.before')] : [])];
  return card({
    title: t('analytics.waits'),
    wrap: el('div', { class: 'table-wrap', id: 'waits', role: 'region', tabindex: '0', 'aria-label': t('chart.tableOf', { title: t('analytics.waits') }) }, plainTable(t('analytics.waits'), heads,
      rows.map(([name, key]) => [name, within(now[key]), ...(compare ? [within(before[key])] : [])]))),
  });
}

/** What is used. */
function features(answer) {
  const used = answer.features.filter(({ uses }) => uses).sort((one, other) => other.days - one.days || other.uses - one.uses);
  const idle = answer.features.filter(({ uses }) => !uses).map(({ feature }) => t('analytics.feature.' + feature));
  return card({
    title: t('analytics.features'), end: el('span', { class: 'meta push' }, of(used.length, answer.features.length)),
    wrap: el('div', { class: 'table-wrap', id: 'features', role: 'region', tabindex: '0', 'aria-label': t('chart.tableOf', { title: t('analytics.features') }) }, plainTable(t('analytics.features'),
      [t('analytics.feature'), t('analytics.uses'), t('analytics.days')],
      used.map(({ feature, uses, days }) => [t('analytics.feature.' + feature), uses, days]))),
    foot: idle.length ? el('span', {}, t('analytics.idle', { names: idle.join(', ') })) : null,
  });
}

/** When customers write. */
function hours(answer) {
  return card({
    title: t('analytics.hours'),
    body: heatMap({
      title: t('analytics.hours'), rows: weekdays(), values: answer.hours,
      columns: Array.from({ length: 24 }, (_, hour) => String(hour).padStart(2, '0')),
    }),
  });
}
