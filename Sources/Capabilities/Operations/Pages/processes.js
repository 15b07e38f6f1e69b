// The machines with their processes: how they are, what they write, and what can be done with them.

import { change, path } from '/pages/look/api.js';
import {
  card, confirmEffects, el, field, form, menuButton, number, openDialog, percent, plainTable, state, t, time, toast,
} from '/pages/look/parts.js';
import { openLog } from './log.js';
import { bytes } from './units.js';

/** How a process's state looks. */
const looks = { ready: 'ok', starting: 'warn', unready: 'warn', silent: 'bad', died: 'bad', failed: 'bad', stopped: 'off' };
const none = '–';
/** The most processes of a kind that a page asks for. */
const most = 8;

const cell = (words) => el('span', { class: 'num' }, words);

/** A machine: its own figures, and a row a process. `mayAct` says whether whoever looks may change it. */
export function machineCard({ report, isSilent }, mayAct, done) {
  const kind = report.isStopping ? 'off' : isSilent ? 'bad' : 'ok';
  const words = report.isStopping ? t('operations.machine.stopped') : isSilent ? t('operations.machine.silent') : t('operations.machine.live');
  const isKnown = !isSilent && !report.isStopping;
  const heads = [...['process', 'state', 'since', 'restarts', 'lastEnd', 'memory', 'processor'].map((key) => t('operations.head.' + key)), t('table.acts')];
  return card({
    title: [el('bdi', {}, report.host)], end: [state(kind, words), el('span', { class: 'meta' }, time(report.at))],
    wrap: [el('div', { class: 'machine' }, machineFigures(report)),
      el('div', { class: 'table-wrap' }, plainTable(t('operations.processesOf', { host: report.host }), heads,
        report.processes.map((process) => [
          el('span', { class: 'mono', 'data-process': process.name }, process.name),
          // What a silent machine told last is not how it is.
          isSilent && !report.isStopping ? state('off', t('operations.state.unknown')) : state(looks[process.state], t('operations.state.' + process.state)),
          time(process.since), cell(number(process.restarts)), process.lastEnd ? el('span', { class: 'mono' }, process.lastEnd) : cell(none),
          cell(process.memory === undefined ? none : bytes(process.memory)),
          cell(process.processorShare === undefined ? none : percent(process.processorShare, 1)),
          el('span', { 'data-keep': `${report.machine}/${process.name}` }, menuButton({
            picture: 'dots', kind: 'quiet small', label: t('table.actsOf', { name: process.name }), end: true, 'data-menu': process.name,
            items: () => acts(report, process, isKnown && mayAct, done),
          })),
        ]), { kind: 'dense operations-processes' }))],
  });
}

/** What can be done with a process. */
function acts(report, process, mayAct, done) {
  const log = { words: t('processes.log'), picture: 'read', attributes: { 'data-process-act': 'log' }, run: () => openLog(report, process) };
  if (!mayAct) return [log];
  const why = process.process === 'console' ? t('processes.ownConsole') : null;
  const item = (order, picture, reason, danger) => ({
    words: t('processes.' + order), picture, why: reason, danger, attributes: { 'data-process-act': order }, run: () => give(report, process, order, done),
  });
  return [log, '-',
    process.state === 'stopped' ? item('start', 'play', null) : item('restart', 'refresh', null),
    item('stop', 'pause', process.state === 'stopped' ? t('processes.isStopped') : why, true),
    {
      words: t('processes.scale'), picture: 'users', why: process.process ? why : t('processes.notOfPipeline'),
      attributes: { 'data-process-act': 'scale' }, run: () => scale(report, process, done),
    }];
}

/** Sentences about what an order does, and asks for it. */
export async function give(report, process, order, done) {
  const effects = {
    start: ['startEffect'], restart: ['restartEffect', 'restartConfiguration', 'worksOn'], stop: ['stopEffect', 'stopUntil', 'worksOn'],
  }[order];
  const isDone = await confirmEffects({
    title: t('processes.sure.' + order, { process: process.name, host: report.host }),
    effects: effects.map((key) => t('processes.' + key)), act: t('processes.' + order),
    run: () => change('POST', path(['operations', 'machines', report.machine, 'orders']), { body: { process: process.name, order } }),
  });
  if (!isDone) return;
  toast(t('processes.done.' + order, { process: process.name }));
  done();
}

function scale(report, process, done) {
  const now = report.processes.filter((each) => each.process === process.process).length;
  const replicas = field({
    name: 'replicas', kind: 'select', label: t('processes.howMany', { process: process.process }), value: String(now), hint: t('processes.scaleHint'),
    options: Array.from({ length: most }, (_, index) => [String(index + 1), number(index + 1)]),
  });
  const dialog = openDialog({
    title: t('processes.scaleTitle', { process: process.process, host: report.host }),
    body: form({
      fields: [replicas], submit: t('processes.scaleNow'), cancel: () => dialog.close(), isDraft: false,
      save: (values, { once }) => change('POST', path(['operations', 'machines', report.machine, 'scales']), {
        body: { process: process.process, replicas: Number(values.replicas) }, once,
      }),
      saved: () => {
        dialog.close();
        toast(t('processes.scaled', { count: Number(replicas.read()), process: process.process }));
        done();
      },
    }).element,
  });
  dialog.id = 'scale';
}

function machineFigures(report) {
  const gauge = (label, used, total, words) => (total ? el('span', {}, label, ' ', cell(words),
    el('progress', { class: `meter ${used / total > 0.97 ? 'bad' : used / total > 0.9 ? 'warn' : ''}`.trim(), value: used, max: total, 'aria-label': label })) : null);
  return [
    el('span', {}, t('operations.upSince'), ' ', time(report.startedAt)),
    report.load === undefined ? null : el('span', {}, t('operations.load'), ' ', cell(t('operations.loadOf', {
      load: number(report.load, { maximumFractionDigits: 1 }), count: report.processors,
    }))),
    gauge(t('operations.memory'), report.memoryTotal - report.memoryFree, report.memoryTotal, t('operations.freeOf', { free: bytes(report.memoryFree ?? 0) })),
    gauge(t('operations.disk'), report.diskTotal - report.diskFree, report.diskTotal, t('operations.freeOf', { free: bytes(report.diskFree ?? 0) })),
  ];
}
