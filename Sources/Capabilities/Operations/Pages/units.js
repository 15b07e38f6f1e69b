// Numbers of machines in words: lengths of time from milliseconds to days, bytes, rates.

import { duration, number, t } from '/pages/look/parts.js';

const unit = (value, name, digits) => number(value, { style: 'unit', unit: name, unitDisplay: 'short', maximumFractionDigits: digits });

/** A length of time in seconds, such as `4 ms`, `1.2 s`, `3 min`. */
export function lasting(seconds) {
  if (seconds < 1) return unit(Math.round(seconds * 1_000), 'millisecond', 0);
  if (seconds < 60) return unit(seconds, 'second', seconds < 10 ? 1 : 0);
  return duration(seconds * 1_000);
}

const sizes = [['terabyte', 1e12], ['gigabyte', 1e9], ['megabyte', 1e6], ['kilobyte', 1e3]];

/** Bytes, such as `12 MB`. */
export function bytes(count) {
  const [name, size] = sizes.find(([, size]) => count >= size) ?? ['byte', 1];
  return unit(count / size, name, count / size < 10 ? 1 : 0);
}

/** Something that happens so often each second. */
export function rate(perSecond) {
  return t('operations.perSecond', { rate: number(perSecond, { maximumFractionDigits: perSecond < 10 ? 1 : 0 }) });
}
