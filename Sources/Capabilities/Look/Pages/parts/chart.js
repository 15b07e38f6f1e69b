// Charts: a drawing whose peak and trend are said in words, and the same numbers as a table.

import { el, icon, name as nameOf, svg } from '../base/dom.js';
import { number, t } from '../base/words.js';

const top = 18;
const bottom = 24;
/** Bars of a label take this part of its room. */
const fullness = 0.62;
/** Labels that always have room beside each other. */
const roomy = 6;
/** Labels that are said below a drawing at most. */
const mostLabels = 12;

/** Steps of the scale: three or so, each of 1, 2, 2.5 or 5 times a power of ten; up to one where there is nothing. */
export function scale(largest) {
  const most = Math.max(largest, 1);
  const rough = most / 3;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 2.5, 5, 10].find((each) => each * power >= rough) * power;
  const steps = [];
  for (let value = 0; value < most + step; value += step) steps.push(value);
  return steps;
}

/**
 * A chart over labels: `series` are `{ name, values }`, drawn as `bars` (on top of each other) or as
 * `lines`. `words` writes a value, `title` says what is counted. Gives the element.
 */
export function chart({ title, kind = 'bars', labels, series, words = number, height = 200, first = '' }) {
  const sums = kind === 'bars'
    ? labels.map((_, index) => series.reduce((sum, each) => sum + each.values[index], 0))
    : series.flatMap((each) => each.values);
  const steps = scale(Math.max(...sums));
  const most = steps.at(-1);
  const foot = height - bottom;
  // Of very many, some are said: all stand in the table.
  const every = Math.ceil(labels.length / mostLabels);
  const y = (value) => foot - (value / most) * (foot - top);
  const drawing = svg('svg', { class: 'chart', role: 'img', 'aria-label': summary({ title, labels, series, words, kind }), height },
    steps.map((step) => [
      svg('line', { class: step ? 'grid' : 'grid base', x1: 0, x2: '100%', y1: y(step), y2: y(step) }),
      svg('text', { x: -8, y: y(step) + 4, 'text-anchor': 'end' }, words(step)),
    ]),
    kind === 'bars' ? bars(labels, series, y) : lines(series, most, foot),
    labels.map((label, index) => (index % every ? null : svg('text', {
      x: `${middle(index, labels.length)}%`, y: height - 6, 'text-anchor': 'middle',
      // Where there is no room for each, every second or fourth one is said.
      class: labels.length > roomy ? [null, 'alt', 'alt2', 'alt'][(index / every) % 4] : null,
    }, label))));
  return el('figure', { class: 'drawn' },
    el('div', { class: 'chart-pad' }, drawing),
    series.length > 1 ? legend(series, kind) : null,
    asTable({ title, labels, series, words, first }));
}

function middle(index, count) {
  return (((index + 0.5) / count) * 100).toFixed(2);
}

function bars(labels, series, y) {
  return labels.map((_, index) => {
    let sum = 0;
    const width = (100 / labels.length) * fullness;
    const x = ((index + 0.5) / labels.length) * 100 - width / 2;
    return series.map((each, order) => {
      const value = each.values[index];
      const from = sum;
      sum += value;
      // A line of the ground keeps parts apart that differ in a step of one hue.
      const size = Math.max(0, y(from) - y(sum) - (order ? 1 : 0));
      return value ? svg('rect', {
        class: `s${order + 1}`, x: `${x.toFixed(2)}%`, width: `${width.toFixed(2)}%`, y: y(sum), height: size, rx: 1.5,
      }) : null;
    });
  });
}

function lines(series, most, foot) {
  const place = (values) => values.map((value, index) =>
    `${(middle(index, values.length) * 10).toFixed(0)},${(100 - (value / most) * 100).toFixed(1)}`);
  const area = place(series[0].values);
  return svg('svg', { x: 0, y: top, width: '100%', height: foot - top, viewBox: '0 0 1000 100', preserveAspectRatio: 'none', overflow: 'visible' },
    svg('polygon', { class: 'area', points: `${area[0].split(',')[0]},100 ${area.join(' ')} ${area.at(-1).split(',')[0]},100` }),
    series.map((each, order) => svg('polyline', {
      class: `l${order + 1}`, 'vector-effect': 'non-scaling-stroke', points: place(each.values).join(' '),
    })));
}

/** What a reader should know who does not see the drawing: the peak, the low, and the trend. */
export function summary({ title, labels, series, words, kind }) {
  const whole = kind === 'bars'
    ? [{ name: null, values: labels.map((_, index) => series.reduce((sum, each) => sum + each.values[index], 0)) }]
    : series;
  const sentences = whole.map(({ name, values }) => {
    const peak = values.indexOf(Math.max(...values));
    const low = values.indexOf(Math.min(...values));
    const said = t('chart.range', { peak: labels[peak], most: words(values[peak]), low: labels[low], least: words(values[low]) });
    const ends = { from: words(values[0]), to: words(values.at(-1)) };
    const trend = t(values.at(-1) > values[0] ? 'chart.rose' : values.at(-1) < values[0] ? 'chart.fell' : 'chart.same', ends);
    return [name && `${name}:`, said, trend].filter(Boolean).join(' ');
  });
  return [`${title}.`, ...sentences].join(' ');
}

function legend(series, kind) {
  return el('ul', { class: 'legend' }, series.map((each, index) => el('li', {},
    el('i', { class: kind === 'lines' && index === 1 ? 'dash' : index ? `k${index + 1}` : null }), each.name)));
}

function asTable({ title, labels, series, words, first }) {
  return el('details', { class: 'as-table' },
    el('summary', {}, icon('list', 'small'), t('chart.table')),
    el('div', { class: 'table-wrap', tabindex: '0', role: 'region', 'aria-label': t('chart.tableOf', { title }) }, el('table', { class: 'table' },
      el('caption', { class: 'sr' }, title),
      el('thead', {}, el('tr', {}, el('th', { scope: 'col' }, first || t('chart.when')),
        series.map((each) => el('th', { scope: 'col', class: 'num' }, each.name ?? title)))),
      el('tbody', {}, labels.map((label, index) => el('tr', {}, el('th', { scope: 'row' }, nameOf(label)),
        series.map((each) => el('td', { class: 'num' }, words(each.values[index])))))))));
}

/**
 * A heat map: `rows` and `columns` are labels, `values` a list of lists. Steps of one hue, from
 * nothing to the most.
 */
export function heatMap({ title, rows, columns, values, words = number, every = 3 }) {
  const all = values.flat();
  const most = Math.max(...all, 1);
  const at = all.indexOf(Math.max(...all));
  const peak = { row: rows[Math.floor(at / columns.length)], column: columns[at % columns.length], most: words(most) };
  const [height, room] = [17, 20];
  const width = 100 / columns.length;
  return el('figure', { class: 'drawn' }, el('div', { class: 'chart-pad heat' },
    svg('svg', { class: 'chart', role: 'img', 'aria-label': `${title}. ${t('chart.busiest', peak)}`, height: rows.length * room + 20 },
      rows.map((row, y) => [
        svg('text', { x: -8, y: y * room + 13, 'text-anchor': 'end' }, row),
        columns.map((_, x) => svg('rect', {
          class: `h${Math.ceil((values[y][x] / most) * 5)}`, x: `${(x * width).toFixed(2)}%`, y: y * room,
          width: `${(width * 0.94).toFixed(2)}%`, height, rx: 2,
        })),
      ]),
      columns.map((column, x) => (x % every ? null : svg('text', {
        x: `${((x + 0.5) * width).toFixed(2)}%`, y: rows.length * room + 14, 'text-anchor': 'middle',
      }, column))))),
  asTable({ title, labels: columns, series: rows.map((name, y) => ({ name, values: values[y] })), words }));
}
