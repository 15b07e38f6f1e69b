// Numbers that say how things are, each with what it is compared to.

import { el, icon, svg } from '../base/dom.js';
import { number } from '../base/words.js';

/**
 * Figures side by side: `{ label, value, unit, note, delta, spark, id }` each. `delta` is
 * `{ by, isUp, isGood, against }`: a change in words, and whether it is welcome.
 */
export function figures(list) {
  return el('dl', { class: 'figures' }, list.map((figure) => el('div', { class: 'figure' },
    el('dt', {}, figure.label),
    el('dd', { class: 'value', id: figure.id }, typeof figure.value === 'number' ? number(figure.value) : figure.value,
      figure.unit ? el('small', {}, ' ', figure.unit) : null),
    figure.delta ? delta(figure.delta) : null,
    figure.note === undefined ? null : el('dd', { class: 'delta', id: figure.id && `${figure.id}-note` }, figure.note),
    figure.spark ? el('dd', {}, spark(figure.spark)) : null)));
}

function delta({ by, isUp, isGood, against }) {
  return el('dd', { class: `delta ${isGood ? 'good' : 'poor'}` },
    el('b', {}, icon(isUp ? 'up' : 'down', 'small'), by), ' ', against);
}

/** The way of a number as a small line; its words stand beside it. */
export function spark(values) {
  const [width, height, edge] = [200, 28, 2];
  const most = Math.max(...values);
  const least = Math.min(...values);
  const points = values.map((value, index) => {
    const x = (index / Math.max(1, values.length - 1)) * width;
    const y = height - edge - ((value - least) / (most - least || 1)) * (height - 2 * edge);
    return `${x.toFixed(1)},${y.toFixed(1)}`;
  });
  return svg('svg', { class: 'chart spark', 'aria-hidden': 'true', viewBox: `0 0 ${width} ${height}`, preserveAspectRatio: 'none' },
    svg('polygon', { class: 'area', points: `0,${height} ${points.join(' ')} ${width},${height}` }),
    svg('polyline', { class: 'l1', 'vector-effect': 'non-scaling-stroke', points: points.join(' ') }));
}

/** How much of something is used: `{ label, words, value, max, kind }` each. */
export function gauges(list) {
  return el('ul', { class: 'ranks' }, list.map(({ label, words, value, max, kind = '' }) => el('li', {},
    el('span', {}, label), el('span', { class: 'num soft' }, words),
    el('progress', { class: `meter ${kind}`.trim(), value: Math.min(value, max), max, 'aria-label': label }))));
}
