// Figures in words: changes, shares, lengths of time, and the names of parts of a period.

import { duration, locale, number, percent, t } from '/pages/look/parts.js';

/** A change against the time before; `isGood` says whether more is welcome. Null where there was nothing. */
export function change(now, before, period, isGood = true) {
  if (!before || now === undefined || now === null) return null;
  const by = (now - before) / before;
  if (Math.abs(by) < 0.005) return null;
  return { by: percent(Math.abs(by)), isUp: by > 0, isGood: by > 0 === isGood, against: t('analytics.against.' + period) };
}

/** A change of a share against the time before, in points of a hundred; null where there was none. */
export function changeOfShare(now, before, period) {
  if (now === null || before === null) return null;
  const points = Math.round((now - before) * 100);
  if (!points) return null;
  return { by: t('analytics.points', { count: Math.abs(points) }), isUp: points > 0, isGood: points > 0, against: t('analytics.against.' + period) };
}

/** A part of a whole; null where there is no whole. */
export function share(part, whole) {
  return whole ? part / whole : null;
}

/** A share in words. */
export function inPercent(value) {
  return value === null ? '–' : percent(value);
}

/** Within how long answers came; where none came, a dash. */
export function within(seconds) {
  return seconds === undefined || seconds === null ? '–' : t('analytics.within', { length: duration(seconds * 1_000) });
}

/** What a part of a period is called, by the clock of its zone. */
export function partName(part, by, zone) {
  const options = by === 'hour' ? { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } : { day: 'numeric', month: 'short' };
  const name = new Intl.DateTimeFormat(locale(), { timeZone: zone, ...options }).format(part.from);
  return by === 'week' ? t('analytics.weekOf', { day: name }) : name;
}

/** Names of parts, each told apart from the others: of hours of several days, the day is said, too. */
export function partNames(parts, by, zone) {
  if (by !== 'hour' || parts.length <= 25) return parts.map((part) => partName(part, by, zone));
  return parts.map((part) => new Intl.DateTimeFormat(locale(), {
    timeZone: zone, weekday: 'short', hour: '2-digit', hourCycle: 'h23',
  }).format(part.from));
}

/** Days of the week, from Monday on. */
export function weekdays() {
  const format = new Intl.DateTimeFormat(locale(), { timeZone: 'UTC', weekday: 'short' });
  return Array.from({ length: 7 }, (_, day) => format.format(Date.UTC(2026, 0, 5 + day)));
}

/** A sum with what it is of. */
export function of(count, all) {
  return t('analytics.of', { count: number(count), all: number(all) });
}
