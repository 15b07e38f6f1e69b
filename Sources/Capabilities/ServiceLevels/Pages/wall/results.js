// What was measured: by agent or by day, in open time and by the calendar, as a table to take away.

import { ask, path, save } from '/pages/look/api.js';
import { blank, bones, broken, button, dayOf, el, heard, name, number, put, segments, t, toast } from '/pages/look/parts.js';
import { length } from './length.js';

const measures = ['queueWait', 'firstResponse', 'nextResponse', 'resolution', 'handling'];
const periods = [1, 7, 30, 90];

/** The tab. */
export function resultsTab(tenant) {
  const chosen = { by: 'agent', ...lately(7) };
  const place = el('div', { class: 'table-wrap wall-results', id: 'wall-results', role: 'region', tabindex: '0', 'aria-label': t('wall.results') });
  const foot = el('p', { class: 'meta', id: 'wall-basis' });
  const date = (key) => el('input', {
    class: 'input', type: 'date', id: 'results-' + key, required: true, '.value': chosen[key], max: dayOf(Date.now()), 'aria-label': t('wall.' + key),
    onchange: (event) => { if (event.target.value) { chosen[key] = event.target.value; period.value = ''; load(); } },
  });
  const [from, to] = [date('from'), date('to')];
  const period = el('select', {
    class: 'select auto', id: 'results-period', 'aria-label': t('wall.period'),
    onchange: () => {
      if (!period.value) return;
      Object.assign(chosen, lately(Number(period.value)));
      from.value = chosen.from;
      to.value = chosen.to;
      load();
    },
  }, periods.map((days) => el('option', { value: String(days), selected: days === 7 }, t('wall.days', { count: days }))), el('option', { value: '' }, t('wall.daysOwn')));
  const target = () => ({ by: chosen.by, from: chosen.from, to: chosen.to });
  const csv = button(t('wall.csv'), {
    kind: 'small push', picture: 'download', id: 'results-csv',
    act: () => save(path(['tenants', tenant, 'exports', 'levels.csv'], target()), 'levels.csv').catch((problem) => toast(problem.words ?? problem.message, { bad: true })),
  });
  let last = 0;

  async function load() {
    const mine = last += 1;
    if (!place.firstChild) put(place, bones(5));
    try {
      const report = await ask(path(['tenants', tenant, 'desk', 'levels'], target()));
      if (mine !== last) return;
      put(place, report.rows.length ? grid(report) : blank({ picture: 'pulse', level: 2, title: t('wall.noResults'), text: t('wall.noResultsText') }));
      foot.textContent = t('wall.basis', { zone: report.timeZone.replaceAll('_', ' ') });
    } catch (problem) {
      if (mine === last) put(place, broken(problem, { level: 2, again: load }));
    }
  }
  load();
  return el('div', { class: 'card' },
    el('div', { class: 'card-head wall-head' },
      segments(t('wall.by'), [['agent', t('wall.byAgent')], ['day', t('wall.byDay')]], { chosen: chosen.by, changed: (by) => { chosen.by = by; load(); } }),
      period, el('span', { class: 'row tight' }, from, el('span', { class: 'soft', 'aria-hidden': 'true' }, '–'), to), csv),
    place, el('footer', { class: 'card-foot' }, foot));
}

/** The last days, with today. */
function lately(days) {
  return { from: dayOf(Date.now() - (days - 1) * 86_400_000), to: dayOf(Date.now()) };
}

function grid(report) {
  const heads = [t(report.by === 'agent' ? 'wall.agent' : 'wall.day'), ...measures.map((measure) => t('wall.measure.' + measure)), t('wall.missed'), t('wall.abandoned'), t('wall.withoutAnswer')];
  const cells = (row, first) => [first, ...measures.map((measure) => figure(row[measure])), missed(row), number(row.abandoned), number(row.unanswered)];
  const line = (row, first) => el('tr', {}, cells(row, first).map((cell, index) => el('td', { class: index ? 'num' : 'lead', 'data-label': index ? heads[index] : null }, cell)));
  return el('table', { class: 'table folds dense' }, el('caption', { class: 'sr' }, t('wall.results')),
    el('thead', {}, el('tr', {}, heads.map((head, index) => el('th', { scope: 'col', class: index ? 'num' : null }, head)))),
    el('tbody', {}, report.rows.map((row) => line(row, called(row, report.by)))),
    el('tfoot', {}, line(report.total, t('wall.total'))));
}

function called(row, by) {
  if (by === 'day') return el('time', { datetime: row.key }, dayName(row.key));
  if (row.key === '@phone') return t('wall.phone');
  return row.key ? name(row.name || row.key) : el('span', { class: 'soft' }, t('wall.noAgent'));
}

function dayName(day) {
  return new Intl.DateTimeFormat(document.documentElement.lang, { timeZone: 'UTC', weekday: 'short', day: 'numeric', month: 'short' }).format(new Date(day + 'T12:00Z'));
}

/** Half took no longer, nine of ten took no longer; in open time, and below by the calendar. */
function figure(value) {
  if (!value?.count) return el('span', { class: 'soft' }, '–');
  return [el('b', {}, length(value.median)), heard(` ${t('wall.half')}`),
    el('span', { class: 'sub' }, t('wall.p90', { length: length(value.p90) })),
    el('span', { class: 'sub' }, t('wall.calendar', { length: length(value.calendarMedian) }))];
}

/** What took longer than was promised, of all of which something was. */
function missed(row) {
  const all = measures.map((measure) => row[measure]).filter(Boolean);
  return number(all.reduce((sum, each) => sum + each.breached, 0));
}
