// The audit log: a list with filters, and exports of what fits them.

import { all, ask, path, save } from '/pages/look/api.js';
import { organisation } from '/pages/look/base/session.js';
import {
  button, clockTime, day, dayOf, el, filters, icon, menuButton, momentsOf, name, named, notice, put, t, table, time, toast,
} from '/pages/look/parts.js';
import { addCommands, enter, pageHead } from '/pages/look/shell.js';
import { openEntry } from './entry.js';
import { actionChoices, actionName, actorOf, targetOf } from './names.js';

/** A code that is longer stands in the entry itself. */
const longestCode = 24;

enter('audit', (page) => {
  const businesses = new Map();
  const narrow = filters(t('audit.filter'), [
    { name: 'subject', kind: 'search', label: t('audit.search'), keys: true },
    { name: 'tenant', kind: 'select', label: t('audit.business'), options: [['', t('audit.allBusinesses')]] },
    {
      name: 'actor', kind: 'select', label: t('audit.who'),
      options: [['', t('audit.anyone')], ['key/', t('audit.actor.key')], ['agent/', t('audit.anyAgent')], ['cli/', t('audit.commandLine')]],
    },
    { name: 'action', kind: 'select', label: t('audit.what'), options: [['', t('audit.anyAction')], ...actionChoices()] },
    {
      name: 'period', kind: 'period', label: t('audit.when'),
      options: [['', t('audit.anyTime')], ['1', t('audit.day')], ['7', t('audit.week')], ['30', t('audit.month')]],
    },
  ]);
  const notices = el('div', { id: 'notices' });

  const tenantOf = (values) => values.tenant || organisation()?.id;
  const target = (values, ...parts) => (tenantOf(values) ? ['tenants', tenantOf(values), ...parts] : parts);
  const parameters = ({ actor, action, subject, ...values }) => ({ actor, action, subject, ...momentsOf(values) });
  const businessName = (id) => businesses.get(id) || id;

  const list = table({
    label: t('audit.entries'), kind: 'audit-table', count: 'audit.count', failedTitle: t('audit.broken'),
    filters: narrow, paging: 'more',
    id: (entry) => entry.id, name: (entry) => actionName(entry.action),
    group: (entry) => day(entry.at),
    href: (entry) => address(entry.id), open: (entry) => show(entry),
    empty: { picture: 'shield', title: t('audit.none'), text: t('audit.noneText') },
    columns: [
      { head: t('audit.what'), kind: 'lead', class: 'what', cell: actionCell },
      { head: t('audit.target'), cell: targetCell },
      { head: t('audit.who'), class: 'who', cell: ({ actor }) => actorCell(actor) },
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
      return { rows: entries.entries, next: entries.next, total: counted?.entries };
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
      only: (which, value) => {
        narrow.choose(which, value, which === 'actor' ? actorOf(value).name : value);
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
  }), notices, list.element);
  addCommands([{ words: t('act.refresh'), picture: 'refresh', keys: ['R'], run: () => list.load() }]);
  addEventListener('parley:organisation', () => { if (page.isConnected) list.load(); });

  list.load();
  const asked = new URLSearchParams(location.search).get('entry');
  if (asked) show(asked);
  all(['tenants'], 'tenants').then((found) => {
    for (const tenant of found) businesses.set(tenant.id, tenant.name);
    narrow.offer('tenant', [['', t('audit.allBusinesses')], ...found.map(({ id, name: words }) => [id, words || id])]);
    if (list.rows.length) list.show();
  }, () => { /* the list is there without their names */ });
});

function exportWords() {
  return [icon('download'), t('audit.export'), icon('down', 'small')];
}

function actionCell({ action }) {
  const words = actionName(action);
  return [words, words === action ? null : el('span', { class: 'sub mono' }, action)];
}

function whenCell({ at }) {
  return [time(at), el('time', { class: 'sub num', datetime: new Date(at).toISOString() }, clockTime(at))];
}

function targetCell(entry) {
  const { name: words, code } = targetOf(entry);
  return el('div', {}, name(words), code && code.length <= longestCode ? el('span', { class: 'sub mono' }, code) : null);
}

function actorCell(actor) {
  const who = actorOf(actor);
  return named({ text: who.name, sub: who.code, mono: true, picture: who.picture, kind: `small ${who.kind ?? ''}`.trim() });
}
