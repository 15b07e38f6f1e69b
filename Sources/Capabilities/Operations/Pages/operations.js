// The live picture of the pipeline: what is wrong, stages, machines with their processes, businesses.

import { ask } from '/pages/look/api.js';
import { may } from '/pages/look/base/session.js';
import { listen, overlaps } from '/pages/look/listen.js';
import {
  blank, button, card, el, heard, isHeld, keepPlace, name, notice, number, plainTable, put, state, t,
} from '/pages/look/parts.js';
import { addCommands, enter, keepFresh, pageHead, setCount } from '/pages/look/shell.js';
import { badOnes, showFindings } from './findings.js';
import { modelCard } from './models.js';
import { drawing, told } from './picture.js';
import { give, machineCard } from './processes.js';
import { lasting, rate } from './units.js';

/** How often the picture is asked for by itself, and at the soonest, in milliseconds. */
const pause = { usual: 5_000, least: 1_000 };

enter('operations', (page) => {
  const live = el('span', { class: 'state off', id: 'live', role: 'status' }, t('operations.connecting'));
  const broken = el('div', { id: 'broken' });
  const findings = el('div', { class: 'findings', id: 'findings', 'aria-live': 'polite' });
  const [pipe, stages, models, machines, businesses] = ['pipe', 'stages', 'models', 'machines', 'businesses'].map((id) => el('div', { id }));
  const sentence = el('p', {}, t('operations.lead'));
  const names = new Map();
  const mayAct = may('deployments:manage');
  let machinesNow = [];
  let [shown, asked] = ['', 0];
  const begin = overlaps();

  async function load() {
    asked = performance.now();
    const isNewest = begin();
    let picture;
    try {
      picture = await ask('/api/v1/operations/pipeline');
    } catch (problem) {
      if (!isNewest() || problem.status === 401) return;
      say(live, 'warn', t('operations.trying'));
      put(broken, notice('warn', t('operations.old'), problem.words));
      return;
    }
    if (!isNewest()) return;
    put(broken);
    say(live, picture.log.problem ? 'warn' : 'ok', t(picture.log.problem ? 'operations.noLog' : 'operations.live'));
    // What has not changed keeps its focus and its place.
    const now = JSON.stringify({ ...picture, at: 0, log: { ...picture.log, at: 0 } });
    if (now === shown || isHeld(page)) return;
    shown = now;
    keepPlace(page, 'keep', () => show(picture));
  }

  function show(picture) {
    setCount?.('operations', badOnes(picture.findings));
    machinesNow = picture.machines;
    const living = picture.machines.filter(({ report }) => !report.isStopping);
    put(sentence, t('operations.leadOf', { count: living.length, log: t('operations.log.' + picture.log.kind) }));
    showFindings(findings, picture.findings, { tenantName: (id) => names.get(id) ?? id, acts });
    put(pipe, card({
      title: t('operations.pipeline'), end: el('span', { class: 'meta' }, t('operations.pipelineNote')),
      body: [drawing(picture), heard(told(picture))],
    }));
    put(stages, card({ title: t('operations.stages'), wrap: el('div', { class: 'table-wrap' }, stageTable(picture)) }));
    put(models, modelCard(picture.machines));
    put(machines, el('div', { class: 'stack' }, picture.machines.length ? picture.machines.map((machine) => machineCard(machine, mayAct, load)) : blank({
      picture: 'server', level: 2, title: t('operations.noMachine'), text: t('operations.noMachineText'),
    })));
  }

  /** Where a finding leads. */
  function acts(finding) {
    if (finding.kind === 'lineClosed') return el('a', { class: 'button small', href: '/pages/channels/' }, t('operations.toLine'));
    if (finding.kind === 'deadLetters') {
      return el('a', { class: 'button small', href: `/pages/dead-letters/?stage=${encodeURIComponent(finding.stage)}` }, t('operations.toLetters'));
    }
    if (finding.kind === 'unaccounted') return el('a', { class: 'button small', href: '/pages/traces/?tab=ledger' }, t('operations.toLedger'));
    const order = { processSilent: 'restart', processUnready: 'restart', processStopped: 'start' }[finding.kind];
    const report = machinesNow.find((each) => each.report.machine === finding.machine)?.report;
    const process = report?.processes.find((each) => each.name === finding.process);
    if (!order || !process || !mayAct) return null;
    return button(t('processes.' + order), { kind: 'small', 'data-act': order, act: () => give(report, process, order, load) });
  }

  async function showBusinesses() {
    try {
      const status = await ask('/api/v1/status');
      for (const tenant of status.tenants) names.set(tenant.id, tenant.name);
      put(businesses, card({
        title: t('operations.businesses'), end: el('span', { class: 'meta' }, t('operations.businessesNote')),
        wrap: el('div', { class: 'table-wrap' }, status.tenants.length ? businessTable(status.tenants) : blank({
          picture: 'building', level: 3, title: t('operations.noBusiness'), text: t('operations.noBusinessText'),
        })),
      }));
    } catch {
      // What is wrong stands at the top; what was known of them stays.
    }
  }

  const again = button(t('act.refresh'), { picture: 'refresh', id: 'refresh', act: () => { load(); showBusinesses(); } });
  put(page, pageHead({ title: t('operations.title'), lead: sentence.textContent, acts: [live, again] }),
    broken, findings, pipe, stages, models, machines, businesses);
  page.querySelector('.page-head p').replaceWith(sentence);
  addCommands([{ words: t('act.refresh'), picture: 'refresh', keys: ['R'], run: load }]);
  listen('operations', { changed: () => { if (performance.now() - asked > pause.least) load(); } });
  keepFresh(page, async () => {
    await load();
    if (may('status:read')) await showBusinesses();
  }, pause.usual);
});

function say(live, kind, words) {
  if (live.textContent === words) return;
  live.className = `state ${kind}`;
  live.textContent = words;
}

const none = '–';
const slow = (percentiles, key) => (percentiles ? lasting(percentiles[key]) : none);

function stageTable(picture) {
  const heads = ['stage', 'state', 'processes', 'rate', 'lag', 'oldest', 'p50', 'p95', 'p99', 'call', 'errors', 'letters']
    .map((key) => t('operations.head.' + key));
  const table = plainTable(t('operations.stages'), heads, picture.stages.map((stage) => {
    const { figures } = stage;
    return [
      el('span', { class: 'mono', id: `stage-${stage.name}`, tabindex: '-1' }, stage.name), stateOf(stage),
      cell(t('operations.readyOf', { ready: stage.ready, all: stage.processes })), cell(rate(figures.perSecond)),
      cell(figures.lag === undefined ? none : number(figures.lag)),
      cell(stage.oldestSeconds === undefined ? none : lasting(stage.oldestSeconds)),
      cell(slow(figures.latency, 'p50')), cell(slow(figures.latency, 'p95')), cell(slow(figures.latency, 'p99')),
      cell(slow(figures.call, 'p95')), cell(number(figures.retries)),
      stage.deadLetters ? el('a', { class: 'num', href: `/pages/dead-letters/?stage=${encodeURIComponent(stage.name)}` }, number(stage.deadLetters))
        : cell(stage.deadLetters === undefined ? none : number(0)),
    ];
  }), { kind: 'dense operations-stages' });
  return table;
}

function cell(words) {
  return el('span', { class: 'num' }, words);
}

function stateOf(stage) {
  if (!stage.processes) return state('off', t('operations.nowhere'));
  if (stage.ready === stage.processes) return state('ok', t('operations.state.ready'));
  return state(stage.ready ? 'warn' : 'bad', t(stage.ready ? 'operations.partly' : 'operations.down'));
}

function businessTable(tenants) {
  const heads = ['business', 'queued', 'claimed', 'documents', 'line'].map((key) => t('operations.head.' + key));
  return plainTable(t('operations.businesses'), heads, tenants.map((tenant) => [
    name(tenant.name), tenant.queued, tenant.claimed, tenant.documents,
    tenant.stops?.length ? state('bad', t('operations.lineClosed')) : state('ok', t('operations.lineOpen')),
  ]));
}
