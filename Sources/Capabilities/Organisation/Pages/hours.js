// When the business's people answer: the week, holidays, openings besides, and what that means now.

import { ask, path } from '/pages/look/api.js';
import { button, card, el, field, language, locale, menuButton, put, state, t, toast } from '/pages/look/parts.js';
import { listField } from './rows.js';
import { part } from './settings.js';

const days = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'];

/** Words for a local time as the console tells it, such as `2026-12-07T09:00`: by its rules, not the browser's. */
function words(local, options) {
  return new Intl.DateTimeFormat(locale(), { timeZone: 'UTC', ...options }).format(new Date(local + 'Z'));
}

/** A weekday's name. */
function dayName(day) {
  // A Monday, and those after it.
  const name = words(`2024-01-0${days.indexOf(day) + 1}T12:00`, { weekday: 'long' });
  return name.charAt(0).toLocaleUpperCase(language()) + name.slice(1);
}

/** The tab. */
export async function hoursTab(tenant) {
  const now = el('div', { class: 'stack' });
  const show = async () => put(now, stateOf(await ask(path(['tenants', tenant, 'organisation', 'hours', 'now']))));
  const [made] = await Promise.all([editor(tenant, () => {
    toast(t('form.saved'));
    show().catch(() => { /* the next look tells */ });
  }), show()]);
  return [now, made];
}

/** Whether it is open, until when, and by which rules. */
function stateOf(now) {
  const meta = el('p', { class: 'meta' }, t('organisation.hoursRules', { zone: now.timeZone.replaceAll('_', ' '), rules: now.rules ?? '–' }));
  if (now.problem) return card({ title: t('organisation.hoursNow'), body: [state('bad', t('organisation.hoursUnknown')), el('p', {}, now.problem), meta] });
  if (!now.inUse) return card({ title: t('organisation.hoursNow'), body: [state('ok', t('organisation.hoursAlways')), meta] });
  return card({
    title: t('organisation.hoursNow'),
    body: [el('div', { class: 'row', id: 'hours-now' }, state(now.isOpen ? 'ok' : 'off', t(now.isOpen ? 'organisation.hoursOpen' : 'organisation.hoursClosed')),
      el('span', { class: 'soft' }, next(now))), meta],
  });
}

function next(now) {
  if (!now.changesAtLocal) return now.isOpen ? t('organisation.hoursNeverCloses') : t('organisation.hoursNeverOpens');
  const isToday = now.changesAtLocal.slice(0, 10) === now.nowLocal.slice(0, 10);
  const when = words(now.changesAtLocal, {
    ...(isToday ? {} : { weekday: 'long', day: 'numeric', month: 'long' }), hour: '2-digit', minute: '2-digit', hourCycle: 'h23',
  });
  return t(now.isOpen ? 'organisation.hoursCloses' : 'organisation.hoursOpens', { when });
}

function editor(tenant, saved) {
  return part(tenant, 'hours', {
    title: t('organisation.hours'), lead: t('organisation.hoursLead'), permission: 'settings:write', kind: 'organisation-hours', saved,
    fields: [
      field({ name: 'inUse', kind: 'switch', label: t('organisation.hoursUse'), hint: t('organisation.hoursUseHint') }),
      weekField(),
      datedField('closures', {
        label: t('organisation.holidays'), hint: t('organisation.holidaysHint'), add: t('organisation.holidayAdd'), none: t('organisation.noHolidays'), mayBeWhole: true,
      }),
      datedField('extras', {
        label: t('organisation.extras'), hint: t('organisation.extrasHint'), add: t('organisation.extraAdd'), none: t('organisation.noExtras'), mayBeWhole: false,
      }),
    ],
    read: ({ inUse, week, closures, extras }) => ({ inUse, week, closures, extras }), write: (values) => values,
  });
}

// Times: an input knows no 24:00, which is the midnight that ends a day.

const shown = (time) => (time === '24:00' ? '00:00' : time);
const ended = (from, to) => (from === '00:00' && to === '00:00' ? '24:00' : to);

/** From a time to another, which is the next day's where it is not later; `label` says whose. */
function spanInputs({ from, to }, label) {
  const input = (value, words) => el('input', { class: 'input', type: 'time', '.value': shown(value), required: true, 'aria-label': `${label}: ${words}` });
  const [start, end] = [input(from, t('organisation.from')), input(to, t('organisation.to'))];
  const note = el('span', { class: 'meta' });
  const tell = () => {
    const isWhole = start.value === '00:00' && end.value === '00:00';
    note.textContent = isWhole ? t('organisation.allDay')
      : start.value && end.value && end.value !== '00:00' && end.value < start.value ? t('organisation.nextDay') : '';
  };
  start.addEventListener('input', tell);
  end.addEventListener('input', tell);
  tell();
  return { inputs: [start, el('span', { 'aria-hidden': 'true' }, '–'), end, note], read: () => ({ from: start.value, to: ended(start.value, end.value) }) };
}

/** The hours of the week: several a day, and a day's copied to others. */
function weekField() {
  const body = el('div', { class: 'organisation-week' });
  const list = listField('week', t('organisation.week'), null, body);
  const spans = new Map(days.map((day) => [day, []]));

  function show(focus) {
    put(body, days.map((day) => el('div', { class: 'organisation-day', 'data-day': day },
      el('bdi', { class: 'organisation-day-name' }, dayName(day)),
      el('div', { class: 'organisation-spans' },
        spans.get(day).length ? spans.get(day).map((span) => rowOf(day, span)) : el('span', { class: 'soft' }, t('organisation.closedDay'))),
      el('div', { class: 'row no-wrap organisation-day-acts' },
        button(t('organisation.hoursAdd'), { kind: 'small quiet', picture: 'plus', label: t('organisation.hoursAddTo', { day: dayName(day) }), act: () => add(day), 'data-add': day }),
        menuButton({ words: t('organisation.copy'), label: t('organisation.copyOf', { day: dayName(day) }), kind: 'small quiet', items: () => copies(day), 'data-copy': day })))));
    if (focus) body.querySelector(focus)?.focus();
  }
  function rowOf(day, span) {
    span.made = spanInputs(span.made?.read() ?? span, dayName(day));
    span.row = el('div', { class: 'organisation-span' }, span.made.inputs,
      button(null, { kind: 'quiet small', picture: 'x', label: t('organisation.hoursRemove', { day: dayName(day) }), act: () => remove(day, span) }));
    return span.row;
  }
  function add(day) {
    const last = spans.get(day).at(-1)?.made.read();
    const start = last && last.to > last.from && last.to < '22:00' ? last.to : '09:00';
    const hour = Number(start.slice(0, 2)) + (last ? 1 : 0);
    const time = (hours) => `${String(Math.min(hours, 23)).padStart(2, '0')}:00`;
    spans.get(day).push({ from: time(hour), to: time(last ? hour + 3 : 17) });
    show(`[data-day="${day}"] .organisation-span:last-child input`);
    list.changed();
  }
  function remove(day, span) {
    spans.set(day, spans.get(day).filter((each) => each !== span));
    show(`[data-add="${day}"]`);
    list.changed();
  }
  function copies(day) {
    const to = (targets) => () => {
      const copied = spans.get(day).map((span) => span.made.read());
      for (const target of targets) if (target !== day) spans.set(target, copied.map((span) => ({ ...span })));
      show(`[data-copy="${day}"]`);
      list.changed();
    };
    return [
      { words: t('organisation.copyWeekdays'), run: to(days.slice(0, 5)) }, { words: t('organisation.copyAll'), run: to(days) }, '-',
      ...days.filter((each) => each !== day).map((each) => ({ words: dayName(each), run: to([each]) })),
    ];
  }
  const all = () => days.flatMap((day) => spans.get(day).map((span) => ({ day, span })));
  return list.field(() => all().map(({ day, span }) => [span.row, dayName(day)]),
    () => all().map(({ day, span }) => ({ day, ...span.made.read() })),
    (week) => {
      for (const day of days) spans.set(day, week.filter((each) => each.day === day).map(({ from, to }) => ({ from, to })));
      show();
    });
}

/** Dates with their hours: of holidays the whole day, unless times are given. */
function datedField(name, { label, hint, add, none, mayBeWhole }) {
  const body = el('div', { class: 'organisation-dates' });
  const list = listField(name, label, hint, body);
  let rows = [];

  function show(focus) {
    put(body, rows.length ? rows.map((row) => row.element) : el('span', { class: 'soft' }, none),
      el('div', { class: 'row' }, button(add, {
        kind: 'small', picture: 'plus', id: 'add-' + name, act: () => {
          rows.push(rowOf({ date: '', ...(mayBeWhole ? {} : { from: '10:00', to: '14:00' }) }));
          show();
          rows.at(-1).element.querySelector('input').focus();
          list.changed();
        },
      })));
    if (focus) body.querySelector(focus)?.focus();
  }
  function rowOf(dated) {
    const day = (value, words) => el('input', { class: 'input', type: 'date', '.value': value ?? '', 'aria-label': words });
    const first = day(dated.date, t('organisation.date'));
    const last = day(dated.until, t('organisation.until'));
    const called = el('input', { class: 'input', dir: 'auto', maxlength: 100, '.value': dated.name ?? '', placeholder: t('organisation.dateName'), 'aria-label': t('organisation.dateName') });
    const times = spanInputs({ from: dated.from ?? '00:00', to: dated.to ?? '00:00' }, label);
    const whole = mayBeWhole ? el('input', { type: 'checkbox', '.checked': dated.from === undefined }) : null;
    const hours = el('div', { class: 'organisation-span', hidden: whole?.checked ?? false }, times.inputs);
    whole?.addEventListener('change', () => { hours.hidden = whole.checked; });
    const row = {};
    row.element = el('div', { class: 'organisation-date' },
      el('div', { class: 'organisation-span' }, first, el('span', { 'aria-hidden': 'true' }, '–'), last,
        whole ? el('label', { class: 'check' }, whole, el('span', {}, t('organisation.wholeDay'))) : null),
      button(null, { kind: 'quiet small', picture: 'x', label: t('organisation.dateRemove'), act: () => {
        rows = rows.filter((each) => each !== row);
        show('#add-' + name);
        list.changed();
      } }),
      hours, called);
    row.read = () => ({
      date: first.value, ...(last.value ? { until: last.value } : {}),
      ...(whole?.checked ? {} : times.read()), ...(called.value.trim() ? { name: called.value.trim() } : {}),
    });
    return row;
  }
  return list.field(() => rows.map((row) => [row.element, label]), () => rows.map((row) => row.read()),
    (values) => {
      rows = values.map(rowOf);
      show();
    });
}
