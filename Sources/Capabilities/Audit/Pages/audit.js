// The audit log: a list with filters, and exports of what fits them.

import { all, ask, path, save } from '/pages/look/api.js';
import { may, organisation } from '/pages/look/base/session.js';
import {
  ago, badge, button, clockTime, copyButton, day, dayOf, el, filters, icon, menuButton, momentsOf, name, named, notice, number, put, series,
  t, table, time, toast,
} from '/pages/look/parts.js';
import { addCommands, enter, pageHead } from '/pages/look/shell.js';
import { openEntry } from './entry.js';
import { actionChoices, actionName, actorOf, fieldName, refusalWords, targetOf, whoOf } from './names.js';

/** Changed fields that a row names. */
const shownFields = 3;
/** What things are done to, as the filter offers them. */
const targets = ['account', 'tenant', 'document', 'conversation', 'invitation', 'role', 'apiKey', 'agent', 'installation'];

enter('audit', (page) => {
  const businesses = new Map();
  const narrow = filters(t('audit.filter'), [
    { name: 'text', kind: 'search', label: t('audit.search'), keys: true },
    { name: 'tenant', kind: 'select', label: t('audit.business'), options: [['', t('audit.allBusinesses')]] },
    {
      name: 'actor', kind: 'select', label: t('audit.who'),
      options: [
        ['', t('audit.anyone')], ['account/', t('audit.anyPerson')], ['operator/', t('audit.anyOperator')], ['agent/', t('audit.anyAgent')],
        ['apiKey/', t('audit.anyKey')], ['operatorKey/', t('audit.anyOperatorKey')], ['key/', t('audit.actor.key')], ['cli/', t('audit.commandLine')], ['system', t('audit.actor.system')],
      ],
    },
    { name: 'action', kind: 'select', label: t('audit.what'), options: [['', t('audit.anyAction')], ...actionChoices()] },
    {
      name: 'target', kind: 'select', label: t('audit.target'),
      options: [['', t('audit.anyTarget')], ...targets.map((type) => [type + '/', t('audit.targets.' + type)])],
    },
    {
      name: 'outcome', kind: 'select', label: t('audit.outcome'),
      options: [['', t('audit.anyOutcome')], ['done', t('audit.done')], ['refused', t('audit.refused')]],
    },
    {
      name: 'period', kind: 'period', label: t('audit.when'),
      options: [['', t('audit.anyTime')], ['1', t('audit.day')], ['7', t('audit.week')], ['30', t('audit.month')]],
    },
  ]);
  const notices = el('div', { id: 'notices' });
  const chain = el('div', { id: 'chain' });

  const tenantOf = (values) => values.tenant || organisation()?.id;
  const target = (values, ...parts) => (tenantOf(values) ? ['tenants', tenantOf(values), ...parts] : parts);
  /** The account of one person, whose activity a link shows. */
  let person = new URLSearchParams(location.search).get('person');
  const parameters = ({ text, actor, action, target: what, outcome, ...values }) => ({ text, actor, action, target: what, outcome, person, ...momentsOf(values) });
  const businessName = (id) => businesses.get(id) || id;

  const list = table({
    label: t('audit.entries'), kind: 'audit-table', count: 'audit.count', failedTitle: t('audit.broken'),
    filters: narrow, paging: 'more', live: { room: 'audit', tenant: may('audit:readAll') ? undefined : organisation()?.id },
    id: (entry) => entry.id, name: (entry) => actionName(entry.action),
    group: (entry) => day(entry.at),
    href: (entry) => address(entry.id), open: (entry) => show(entry),
    empty: { picture: 'shield', title: t('audit.none'), text: t('audit.noneText') },
    columns: [
      { head: t('audit.what'), kind: 'lead', class: 'what', cell: actionCell },
      { head: t('audit.target'), cell: targetCell },
      { head: t('audit.who'), class: 'who', cell: actorCell },
      { head: t('audit.business'), class: 'business', cell: (entry) => name(businessName(entry.tenant)) },
      { head: t('audit.when'), class: 'when', bare: true, cell: whenCell },
    ],
    async load({ after, limit, filters: values, signal }) {
      const narrowed = parameters(values);
      const [entries, counted] = await Promise.all([
        ask(path(target(values, 'audit'), { ...narrowed, limit, after }), { signal }),
        // The number of all does not change with the page.
        after ? null : ask(path(target(values, 'counts', 'audit'), narrowed), { signal }),
      ]);
      return { rows: entries.entries, next: entries.next, total: counted?.entries, isExact: counted?.isExact };
    },
  });

  function address(id) {
    const here = new URLSearchParams(location.search);
    if (id) here.set('entry', id);
    else here.delete('entry');
    const text = here.toString();
    return location.pathname + (text ? '?' + text : '');
  }

  async function show(entryOrId) {
    let entry = entryOrId;
    if (typeof entry === 'string') {
      try {
        entry = list.find(entry) ?? await ask(path(target(narrow.values, 'audit', entry)));
      } catch (problem) {
        put(notices, notice('warn', t('audit.missing'), problem.words));
        return;
      }
    }
    history.replaceState(history.state, '', address(entry.id));
    openEntry(entry, {
      business: businessName(entry.tenant),
      closed: () => history.replaceState(history.state, '', address(null)),
      only: (which, value, words) => {
        narrow.choose(which, value, words ?? (which === 'actor' ? actorOf(value).name : value));
        narrow.changed();
      },
    });
  }

  async function exported(kind) {
    const values = narrow.values;
    try {
      await save(path(target(values, 'exports', kind === 'csv' ? 'audit.csv' : 'audit'), parameters(values)), `audit-${dayOf(Date.now())}.${kind}`);
      toast(t('audit.exported'));
    } catch (problem) {
      toast(problem.words, { bad: true });
    }
  }

  put(page, pageHead({
    title: t('audit.title'), lead: t('audit.lead'),
    acts: [
      button(t('act.refresh'), { picture: 'refresh', id: 'refresh', act: () => list.load() }),
      menuButton({
        content: exportWords(), end: true, id: 'export',
        items: () => [
          { head: t('audit.exportHead') },
          { words: t('audit.csv'), picture: 'grid', run: () => exported('csv'), attributes: { 'data-export': 'csv' } },
          { words: t('audit.ndjson'), picture: 'list', run: () => exported('ndjson'), attributes: { 'data-export': 'ndjson' } },
        ],
      }),
    ],
  }), notices, chain, list.element);
  addCommands([{ words: t('act.refresh'), picture: 'refresh', keys: ['R'], run: () => list.load() }]);
  addEventListener('parley:organisation', () => { if (page.isConnected) { list.load(); showChain(); } });
  narrow.listen(showChain);

  /** How far the chain of hashes has come: what is chained cannot be changed unseen. */
  async function showChain() {
    try {
      const state = await ask(path(target(narrow.values, 'audit-chain')));
      put(chain, chainLine(state));
    } catch {
      put(chain);
    }
  }

  function allPeople() {
    person = null;
    const here = new URL(location);
    here.searchParams.delete('person');
    history.replaceState(history.state, '', here);
    put(notices);
    list.load();
  }
  if (person) put(notices, notice('', t('audit.ofPerson', { id: person }), t('audit.ofPersonText'), button(t('audit.ofAll'), { kind: 'small', act: allPeople })));

  list.load();
  showChain();
  const asked = new URLSearchParams(location.search).get('entry');
  if (asked) show(asked);
  if (may('tenants:read')) all(['tenants'], 'tenants').then((found) => {
    for (const tenant of found) businesses.set(tenant.id, tenant.name);
    narrow.offer('tenant', [['', t('audit.allBusinesses')], ...found.map(({ id, name: words }) => [id, words || id])]);
    if (list.rows.length) list.show();
  }, () => { /* the list is there without their names */ });
});

function exportWords() {
  return [icon('download'), t('audit.export'), icon('down', 'small')];
}

function chainLine({ entries, links, head, checkpoint }) {
  const waiting = Math.max(0, entries - links);
  const whole = entries && !waiting;
  return el('div', { class: 'audit-chain' },
    badge(whole ? 'ok' : '', whole ? t('audit.chained') : t('audit.chaining'), whole ? 'link' : 'clock'),
    el('span', { class: 'soft' }, t('audit.links', { links: number(links), count: entries })),
    checkpoint ? el('span', { class: 'soft' }, t('audit.checkpoint', { count: number(checkpoint.count), ago: ago(checkpoint.at) })) : null,
    head ? el('span', { class: 'row tight no-wrap' }, el('span', { class: 'mono soft' }, head.slice(0, 12) + '…'), copyButton(head, t('audit.head'), { kind: 'quiet small', words: null })) : null);
}

function actionCell(entry) {
  const words = actionName(entry.action);
  return [
    words, words === entry.action ? null : el('span', { class: 'sub mono' }, entry.action),
    entry.refusal ? el('span', { class: 'sub is-bad' }, t('audit.refusedBecause', { reason: refusalWords(entry.refusal) })) : null,
  ];
}

function whenCell({ at }) {
  return [time(at), el('time', { class: 'sub num', datetime: new Date(at).toISOString() }, clockTime(at))];
}

function targetCell(entry) {
  const { name: words, what } = targetOf(entry);
  const changes = entry.changes?.length ? t('audit.changed', { fields: series(entry.changes.slice(0, shownFields).map(({ field }) => fieldName(field))) }) : null;
  return el('div', {}, name(words), what || changes ? el('span', { class: 'sub' }, [what, changes].filter(Boolean).join(' · ')) : null);
}

function actorCell(entry) {
  const who = whoOf(entry);
  return named({ text: who.name, sub: who.sub ?? who.code, mono: !who.sub, picture: who.picture, kind: `small ${who.kind ?? ''}`.trim() });
}
