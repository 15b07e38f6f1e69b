// Lengths of time and clocks in words.

import { badge, duration, locale, t } from '/pages/look/parts.js';

const units = [['day', 86_400], ['hour', 3_600], ['minute', 60], ['second', 1]];

/** A length in its two largest units, such as `1 hr 20 min`; in seconds. */
export function length(seconds) {
  const whole = Math.max(0, Math.round(seconds));
  const at = Math.max(0, units.findIndex(([, size]) => whole >= size));
  if (whole < 1) return part(0, 'second');
  let left = whole;
  return units.slice(at, at + 2).map(([unit, size]) => {
    const count = Math.floor(left / size);
    left -= count * size;
    return count ? part(count, unit) : '';
  }).filter(Boolean).join(' ');
}

function part(count, unit) {
  return new Intl.NumberFormat(locale(), { style: 'unit', unit, unitDisplay: 'short' }).format(count);
}

/** The clock of several that is to be looked at first; `null` where nothing is promised now. */
export function nearest(clocks) {
  return clocks.filter((clock) => clock.isRunning && clock.due)
    .sort((one, other) => one.due - other.due)[0] ?? null;
}

/** How far a clock is from when its promise runs out: a mark with words. */
export function clockMark(clock, now = Date.now()) {
  const left = clock.due - now;
  const isLate = clock.level === 'breached' || left <= 0;
  const words = t(isLate ? 'levels.late' : 'levels.left', { length: duration(Math.max(1_000, Math.abs(left))) });
  const kind = isLate ? 'bad' : clock.level === 'warned' ? 'warn' : '';
  const mark = badge(kind, words, 'clock');
  mark.title = t('levels.clock.' + clock.clock);
  mark.dataset.clock = clock.clock;
  return mark;
}
