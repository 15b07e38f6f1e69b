// A story as a time line: a row a step and a call, with what waits and what works.

import { card, el, svg, t } from '/pages/look/parts.js';
import { lasting } from '../units.js';

/** Quarters of the time line that have a line of their own. */
const quarters = [0, 25, 50, 75, 100];
/** No bar is narrower than this part of a hundred, so that it can be seen. */
const narrowest = 0.35;

/** The rows of a story: each step, and below a decision its calls. */
function rowsOf(story) {
  return story.steps.flatMap((step) => {
    const ended = step.calls.reduce((end, call) => Math.max(end, call.at + call.milliseconds), step.at);
    return [
      { step, name: step.name, depth: step.depth, kind: step.kind, from: step.at, until: ended, waits: Math.max(0, step.delay) },
      ...step.calls.map((call) => ({
        step, name: `${call.name} → ${call.answer}`, depth: step.depth + 1, kind: 'call', from: call.at, until: call.at + call.milliseconds, waits: 0,
      })),
    ];
  });
}

/** Draws a story; `chosen(step)` is called with the step that somebody opens. */
export function waterfall(story, chosen) {
  const rows = rowsOf(story);
  const begin = Math.min(...rows.map((row) => row.from));
  const end = Math.max(...rows.map((row) => row.until));
  const length = Math.max(1, end - begin);
  const list = el('ol', { class: 'waterfall', id: 'waterfall', 'aria-label': t('traces.line') },
    el('li', { class: 'head', 'aria-hidden': 'true' }, el('span', {}, t('traces.step')), el('span', {}, t('traces.says')),
      el('svg', {}), el('span', { class: 'num' }, t('traces.took'))),
    rows.map((row) => entry(row, begin, length, chosen)));
  list.querySelector('li.head svg').replaceWith(scale(length));
  list.addEventListener('keydown', (event) => step(event, list));
  return card({
    title: t('traces.line'), wrap: list,
    end: el('span', { class: 'meta num' }, t('traces.inAll', { time: lasting(length / 1_000), count: story.steps.length })),
    foot: el('ul', { class: 'legend' }, ['waits', 'works', 'world'].map((key, index) => el('li', {},
      el('i', { class: ['k2', '', 'k3'][index] || null }), ' ', t('traces.legend.' + key)))),
  });
}

/** The moments of the quarters, above the rows. */
function scale(length) {
  return svg('svg', { class: 'track' }, quarters.map((at) => svg('text', {
    x: `${at}%`, y: 14, 'text-anchor': at === 0 ? 'start' : at === 100 ? 'end' : 'middle',
  }, lasting((length * at) / 100_000))));
}

/** Keys j and k, and arrows, lead from step to step. */
function step(event, list) {
  const way = { j: 1, ArrowDown: 1, k: -1, ArrowUp: -1 }[event.key];
  if (!way || event.ctrlKey || event.metaKey || event.altKey) return;
  const all = [...list.querySelectorAll('button')];
  const next = all[all.indexOf(document.activeElement) + way];
  if (!next) return;
  event.preventDefault();
  next.focus();
}

function entry(row, begin, length, chosen) {
  const at = ((row.from - begin) / length) * 100;
  const took = row.until - row.from;
  const wait = (row.waits / length) * 100;
  const bar = row.kind === 'call' ? 'call' : row.kind === 'deadLetter' ? 'late' : 'work';
  const line = el('li', { 'data-step': row.kind },
    el('span', { class: 'step-name' }, row.depth ? el('span', { class: 'indent', 'aria-hidden': 'true' }, '·'.repeat(Math.min(row.depth, 8))) : null,
      el('button', { type: 'button', class: 'name mono', onclick: () => { mark(line); chosen(row.step); } }, row.name)),
    el('span', { class: 'soft cut' }, el('bdi', {}, row.kind === 'call' ? row.step.name : row.step.summary)),
    svg('svg', {
      class: 'track', role: 'img', 'aria-label': t('traces.bar', {
        at: lasting((row.from - begin) / 1_000), waits: lasting(row.waits / 1_000), works: lasting(took / 1_000),
      }),
    }, quarters.map((x) => svg('line', { class: 'g', x1: `${x}%`, x2: `${x}%`, y1: -8, y2: 28 })),
    // What a record waited stands before it, as far as the line goes.
    wait > 0 && at > 0 ? svg('rect', { class: 'wait', x: `${Math.max(0, at - wait).toFixed(2)}%`, width: `${Math.min(wait, at).toFixed(2)}%`, y: 7, height: 6, rx: 1 }) : null,
    svg('rect', { class: bar, x: `${Math.min(at, 100 - narrowest).toFixed(2)}%`, width: `${Math.max(narrowest, (took / length) * 100).toFixed(2)}%`, y: 4, height: 12, rx: 2 })),
    el('span', { class: 'num soft' }, row.kind === 'record' || row.kind === 'timer' || row.kind === 'deadLetter'
      ? t('traces.after', { time: lasting(row.waits / 1_000) }) : lasting(took / 1_000)));
  return line;
}

function mark(line) {
  for (const other of line.parentElement.querySelectorAll('.here')) other.classList.remove('here');
  line.classList.add('here');
}
