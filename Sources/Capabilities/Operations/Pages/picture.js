// The pipeline, drawn: a box a stage, with what waits and how long it takes, and the topics between.

import { el, number, svg, t } from '/pages/look/parts.js';
import { lasting, rate } from './units.js';

const box = { width: 128, height: 96 };
/** Where each stage stands. */
const places = {
  ingester: [64, 66], retrieval: [272, 66], orchestrator: [480, 66], handoff: [688, 66], sender: [896, 66],
  indexer: [272, 266], console: [688, 266],
};
/** Topics on the way from left to right, each behind the stage that writes it. */
const ways = [
  ['messages.inbound', 192], ['questions.grounded', 400], ['replies.proposed', 608], ['messages.outbound', 816],
];

/** How a stage is: `bad`, `warn` or nothing. */
function kindOf(stage, findings) {
  const own = findings.filter((finding) => finding.stage === stage.name || finding.process?.replace(/-\d+$/, '') === stage.process);
  return own.some((finding) => finding.level === 'bad') ? 'bad' : own.length ? 'warn' : '';
}

/** Draws what is known. */
export function drawing(picture) {
  const stages = new Map(picture.stages.map((stage) => [stage.name, stage]));
  const at = (topic) => rate(picture.rates[topic] ?? 0);
  const text = (x, y, kind, words, anchor) => svg('text', { class: kind, x, y, 'text-anchor': anchor }, words);
  const label = (topic, x, y, anchor) => [text(x, y, 'rate', at(topic), anchor), text(x, y + 15, 'topic', topic, anchor)];
  const edge = (d, kind = '') => svg('path', { class: `edge ${kind}`.trim(), d });
  const tip = (d) => svg('path', { class: 'tip', d });
  const parts = [
    text(0, 62, 't', t('operations.whatsApp')), edge('M10 88V114H56', 'w2'), tip('M55 109l9 5-9 5z'),
    edge('M1024 114H1058V78', 'w2'), tip('M1053 79l5-9 5 9z'), text(1090, 60, 't', t('operations.whatsApp'), 'end'),
    edge('M128 66V22H960V58', 'back'), tip('M955 57l5 9 5-9z'),
    text(544, 14, 'topic', `messages.status ${at('messages.status')}`, 'middle'),
    edge('M336 266V170'), tip('M331 171l5-9 5 9z'), label('knowledge.passages', 348, 208),
    edge('M732 162V258'), tip('M727 257l5 9 5-9z'), edge('M772 266V170', 'back'), tip('M767 171l5-9 5 9z'),
    label('handoff.events', 724, 208, 'end'), label('handoff.commands', 784, 208),
    edge('M960 162V314H824', 'back'), tip('M825 309l-9 5 9 5z'),
    text(950, 305, 'topic', 'messages.delivery', 'end'), text(950, 332, 'rate', at('messages.delivery'), 'end'),
    edge('M192 314H264'), tip('M263 309l9 5-9 5z'), text(228, 304, 'rate', at('documents'), 'middle'),
    text(228, 332, 'topic', 'documents', 'middle'),
    ways.map(([topic, x]) => way(topic, x, picture.rates[topic] ?? 0, text)),
    Object.keys(places).map((name) => stages.has(name) && boxOf(stages.get(name), kindOf(stages.get(name), picture.findings))),
  ].flat(2).filter(Boolean);
  return el('div', { class: 'scroll-x', tabindex: '0', role: 'group', 'aria-label': t('operations.pipeline') },
    svg('svg', { class: 'pipe', viewBox: '0 0 1090 366', role: 'group', 'aria-label': t('operations.drawn') }, parts));
}

function way(topic, x, perSecond, text) {
  const [first, second] = topic.split('.');
  return [
    svg('path', { class: `edge ${perSecond > 1 ? 'w2' : 'w1'}`, d: `M${x} 114h72` }),
    // What moves shows that something does.
    perSecond > 0 ? svg('path', { class: 'flow', d: `M${x + 2} 114h68` }) : null,
    svg('path', { class: 'tip', d: `M${x + 71} 109l9 5-9 5z` }),
    text(x + 40, 104, 'rate', rate(perSecond), 'middle'),
    text(x + 40, 132, 'topic', `${first}.`, 'middle'), text(x + 40, 145, 'topic', second, 'middle'),
  ];
}

function boxOf(stage, kind) {
  const [x, y] = places[stage.name];
  const { figures } = stage;
  const waits = stage.inputs.length
    ? t('operations.waits', { count: figures.lag ?? 0 }) + (stage.oldestSeconds ? ` · ${lasting(stage.oldestSeconds)}` : '')
    : rate(figures.perSecond);
  const speed = [figures.latency ? `p95 ${lasting(figures.latency.p95)}` : null,
    t('operations.readyOf', { ready: stage.ready, all: stage.processes })].filter(Boolean).join(' · ');
  const text = (row, words, css) => svg('text', { class: css, x: x + 13, y: y + row }, words);
  return svg('a', { href: `#stage-${stage.name}`, 'aria-label': `${stage.name}: ${waits}, ${speed}`, 'data-box': stage.name },
    svg('rect', { class: `box ${kind}`.trim(), x, y, width: box.width, height: box.height, rx: 8 }), dot(kind, x, y),
    svg('text', { class: 't', x: x + 26, y: y + 24.5 }, stage.name),
    text(45, waits, `m ${kind ? kind + 'text' : ''}`.trim()), text(61, speed, 'm'), spark(stage.history, x + 13, y + 86));
}

function dot(kind, x, y) {
  if (kind === 'bad') return svg('rect', { class: 'baddot', x: x + 11, y: y + 16, width: 8, height: 8 });
  if (kind === 'warn') return svg('path', { class: 'warndot', d: `M${x + 15} ${y + 14.5}l5.5 5.5-5.5 5.5-5.5-5.5z` });
  return svg('circle', { class: 'okdot', cx: x + 15, cy: y + 20, r: 4 });
}

/** What waited in the last half an hour; where nothing did, what was done. */
function spark(history, x, y) {
  if (history.length < 2) return null;
  const key = history.some(({ lag }) => lag > 0) ? 'lag' : 'perSecond';
  const [width, height] = [102, 16];
  const most = Math.max(...history.map((moment) => moment[key])) || 1;
  const [first, last] = [history[0].at, history.at(-1).at];
  const points = history.map((moment) => {
    const along = ((moment.at - first) / (last - first || 1)) * width;
    return `${(x + along).toFixed(1)},${(y - (moment[key] / most) * height).toFixed(1)}`;
  });
  return svg('polyline', { class: 'mini', points: points.join(' ') });
}

/** The same in a sentence, for those who do not see it. */
export function told(picture) {
  const late = picture.stages.filter((stage) => stage.figures.lag);
  return late.length
    ? t('operations.toldLate', { stages: late.map((stage) => `${stage.name}: ${number(stage.figures.lag)}`).join(', ') })
    : t('operations.toldLevel');
}
