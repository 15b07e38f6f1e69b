// Moments in words, in the zone of the business whose page it is: the browser's until it is known.

import { el } from './dom.js';
import { language, locale, t } from './words.js';

const formats = new Map();
let chosen = null;

/** The zone in which times are shown. */
export function zone() {
  return chosen ?? Intl.DateTimeFormat().resolvedOptions().timeZone;
}

/** Shows times in another zone (an IANA name); null goes back to the browser's own. */
export function setZone(name) {
  chosen = name;
  formats.clear();
}

function format(name, options, Kind = Intl.DateTimeFormat) {
  if (!formats.has(name)) {
    const all = Kind === Intl.DateTimeFormat ? { timeZone: zone(), ...options } : options;
    formats.set(name, new Kind(locale(), all));
  }
  return formats.get(name);
}

const units = [
  ['year', 31_536_000], ['month', 2_592_000], ['day', 86_400], ['hour', 3_600], ['minute', 60],
];

/** How long ago a moment was or how soon it comes, in words; both are milliseconds. */
export function ago(moment, now = Date.now()) {
  const seconds = (moment - now) / 1_000;
  const relative = format('relative', { numeric: 'auto', style: 'short' }, Intl.RelativeTimeFormat);
  if (Math.abs(seconds) < 10) return t('time.now');
  if (Math.abs(seconds) < 60) return relative.format(Math.round(seconds), 'second');
  const [unit, length] = units.find(([, length]) => Math.abs(seconds) >= length);
  return relative.format(Math.trunc(seconds / length), unit);
}

/** A moment with its date and seconds. */
export function exactTime(moment) {
  return format('exact', { dateStyle: 'medium', timeStyle: 'medium' }).format(moment);
}

/** A moment's hour and minute. */
export function clockTime(moment) {
  return format('clock', { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).format(moment);
}

/** A moment's date. */
export function date(moment) {
  return format('date', { dateStyle: 'medium' }).format(moment);
}

/** A moment's day in words, such as today. */
export function day(moment, now = Date.now()) {
  const days = Math.round((midnight(dayOf(now)) - midnight(dayOf(moment))) / 86_400_000);
  if (days === 0 || days === 1) {
    const words = format('days', { numeric: 'auto' }, Intl.RelativeTimeFormat).format(-days, 'day');
    return words.charAt(0).toLocaleUpperCase(language()) + words.slice(1);
  }
  const sameYear = dayOf(moment).slice(0, 4) === dayOf(now).slice(0, 4);
  const words = sameYear
    ? format('day', { weekday: 'long', day: 'numeric', month: 'long' }).format(moment)
    : format('dayOfYear', { day: 'numeric', month: 'long', year: 'numeric' }).format(moment);
  return words.charAt(0).toLocaleUpperCase(language()) + words.slice(1);
}

/** A moment's calendar day in the zone, as `2026-11-29`. */
export function dayOf(moment) {
  const key = 'iso' + zone();
  if (!formats.has(key)) {
    formats.set(key, new Intl.DateTimeFormat('en-CA', {
      timeZone: zone(), year: 'numeric', month: '2-digit', day: '2-digit',
    }));
  }
  return formats.get(key).format(moment);
}

function midnight(text) {
  return Date.parse(text + 'T00:00:00Z');
}

/** The moment at which a calendar day begins in the zone; `more` counts days from it. */
export function startOfDay(text, more = 0) {
  const wanted = midnight(text) + more * 86_400_000;
  // The zone's distance from UTC, asked twice: it may change at that very midnight.
  let moment = wanted - distance(wanted);
  moment = wanted - distance(moment);
  return moment;
}

function distance(moment) {
  const key = 'parts' + zone();
  if (!formats.has(key)) {
    formats.set(key, new Intl.DateTimeFormat('en-US', {
      timeZone: zone(), hourCycle: 'h23', year: 'numeric', month: 'numeric', day: 'numeric',
      hour: 'numeric', minute: 'numeric', second: 'numeric',
    }));
  }
  const part = Object.fromEntries(formats.get(key).formatToParts(moment).map(({ type, value }) => [type, Number(value)]));
  const wall = Date.UTC(part.year, part.month - 1, part.day, part.hour, part.minute, part.second);
  return wall - Math.floor(moment / 1_000) * 1_000;
}

/** A length of time in words, such as `4 min`; in milliseconds. */
export function duration(length) {
  const [unit, seconds] = units.find(([, seconds]) => length / 1_000 >= seconds) ?? ['second', 1];
  return new Intl.NumberFormat(locale(), { style: 'unit', unit, unitDisplay: 'short', maximumFractionDigits: 0 })
    .format(length / 1_000 / seconds);
}

/** A moment as an element: how long ago it was, kept right, and the exact time on hover. */
export function time(moment, words = ago) {
  return el('time', {
    datetime: new Date(moment).toISOString(), title: exactTime(moment),
    'data-moment': words === ago ? moment : null,
  }, words(moment));
}

setInterval(() => {
  for (const element of document.querySelectorAll('time[data-moment]')) {
    element.textContent = ago(Number(element.dataset.moment));
  }
}, 20_000);
