// All organisations of the installation, for those who run it: as a grid or a table, and one by one.

import { ask, path, save } from '/pages/look/api.js';
import { choice, choose } from '/pages/look/base/choices.js';
import { may } from '/pages/look/base/session.js';
import {
  avatar, badge, button, day, el, figures, filters, icon, menuButton, name, put, segments, t, table, toast,
} from '/pages/look/parts.js';
import { addCommands, enter, pageHead } from '/pages/look/shell.js';
import { createDialog } from './create.js';
import { acts, openTenant } from './tenant.js';

enter('tenants', (page) => {
  const numbers = el('div', { id: 'figures' });
  const narrow = filters(t('tenants.filter'), [
    { name: 'name', kind: 'search', label: t('tenants.search'), keys: true },
    {
      name: 'standing', kind: 'select', label: t('tenants.standing'),
      options: [['', t('tenants.anyStanding')], ...['active', 'suspended', 'deleted', 'purged'].map((each) => [each, t('tenants.standing.' + each)])],
    },
    { name: 'order', kind: 'select', label: t('tenants.order'), options: [['', t('tenants.byName')], ['newest', t('tenants.byAge')]] },
  ]);
  const list = table({
    label: t('tenants.title'), count: 'tenants.count', failedTitle: t('tenants.broken'), filters: narrow,
    live: { room: 'team' },
    id: (row) => row.organisation.id, name: (row) => row.organisation.name,
    href: (row) => address(row.organisation.id), open: (row) => show(row.organisation.id),
    acts: [segments(t('tenants.as'), [['table', t('tenants.table')], ['grid', t('tenants.grid')]], {
      chosen: choice('tenants.as') === 'grid' ? 'grid' : 'table', changed: (value) => { choose('tenants.as', value); lay(); },
    })],
    empty: {
      picture: 'building', title: t('tenants.none'), text: t('tenants.noneText'),
      acts: may('tenants:write') ? [button(t('tenants.add'), { kind: 'primary', picture: 'plus', act: () => create() })] : [],
    },
    columns: [
      { head: t('tenants.name'), kind: 'lead', mark: ({ organisation }) => avatar({ text: organisation.name || organisation.id, kind: 'square team' }), cell: ({ organisation }) => [name(organisation.name), el('span', { class: 'sub mono' }, organisation.id)] },
      { head: t('tenants.standing'), cell: ({ organisation }) => standing(organisation) },
      { head: t('tenants.plan'), cell: ({ organisation }) => name(organisation.plan) },
      { head: t('tenants.owner'), cell: ({ owner }) => (owner ? name(owner) : el('span', { class: 'meta' }, t('tenants.noOwner'))) },
      { head: t('tenants.members'), kind: 'number', cell: ({ members }) => members },
      { head: t('tenants.created'), cell: ({ organisation }) => (organisation.createdAt ? day(organisation.createdAt) : '') },
    ],
    menu: may('tenants:write') ? (row) => acts(row.organisation, again) : null,
    load: async ({ after, limit, filters: values, signal }) => {
      const { order, ...wanted } = values;
      const [found, counted] = await Promise.all([
        ask(path(['organisations'], { ...wanted, order, limit, after }), { signal }),
        ask(path(['counts', 'organisations'], wanted), { signal }),
      ]);
      showFigures(numbers, counted.byStanding);
      queueMicrotask(lay);
      return { rows: found.organisations, next: found.next, total: counted.organisations };
    },
  });
  const again = () => list.load();

  /** The same rows as cards. */
  function lay() {
    const isGrid = choice('tenants.as') === 'grid';
    list.element.classList.toggle('as-grid', isGrid);
    list.element.querySelector('.tenant-grid')?.remove();
    if (!isGrid || !list.rows.length) return;
    const cards = el('ul', { class: 'tenant-grid' }, list.rows.map((row) => el('li', { class: 'card' }, cardOf(row))));
    list.element.querySelector('.table-wrap').before(cards);
  }

  function cardOf({ organisation, owner, members, isConnected }) {
    const link = el('a', { href: address(organisation.id), class: 'name', onclick: (event) => {
      if (event.metaKey || event.ctrlKey || event.shiftKey) return;
      event.preventDefault();
      show(organisation.id);
    } }, name(organisation.name));
    return el('div', { class: 'card-body' },
      el('div', { class: 'row no-wrap top' }, avatar({ text: organisation.name || organisation.id, kind: 'square team' }),
        el('div', { class: 'grow' }, link, el('span', { class: 'sub mono' }, organisation.id))),
      el('div', { class: 'row' }, standing(organisation), badge('outline', organisation.plan || '–')),
      el('p', { class: 'soft' }, t('tenants.people', { count: members }), ' · ', owner ? name(owner) : t('tenants.noOwner')),
      el('p', { class: 'meta' }, isConnected ? t('tenants.connected') : t('tenants.unconnected')));
  }

  function address(id) {
    const here = new URLSearchParams(location.search);
    if (id) here.set('tenant', id);
    else here.delete('tenant');
    const text = here.toString();
    return location.pathname + (text ? '?' + text : '');
  }

  function show(id) {
    history.replaceState(history.state, '', address(id));
    openTenant(id, { changed: again, closed: () => history.replaceState(history.state, '', address(null)) });
  }

  async function create() {
    const made = await createDialog();
    if (!made) return;
    list.load();
    show(made);
  }

  async function exported() {
    const { order: _, ...values } = narrow.values;
    try {
      await save(path(['exports', 'organisations.csv'], values), 'organisations.csv');
      toast(t('tenants.exported'));
    } catch (problem) {
      toast(problem.words, { bad: true });
    }
  }

  put(page, pageHead({
    title: t('tenants.title'), lead: t('tenants.lead'),
    acts: [
      menuButton({
        content: [icon('download'), t('tenants.export'), icon('down', 'small')], end: true, id: 'export',
        items: () => [{ words: t('tenants.csv'), picture: 'grid', run: exported, attributes: { 'data-export': 'csv' } }],
      }),
      may('tenants:write') ? button(t('tenants.add'), { kind: 'primary', picture: 'plus', id: 'tenant-add', act: create }) : null,
    ],
  }), numbers, list.element);
  if (may('tenants:write')) addCommands([{ words: t('tenants.add'), picture: 'plus', keys: ['N'], run: create }]);
  list.load();
  const asked = new URLSearchParams(location.search).get('tenant');
  if (asked) show(asked);
});

/** How an organisation stands, as a mark. */
export function standing({ standing: how }) {
  const kinds = { active: 'ok', suspended: 'warn', deleted: 'bad', purged: '' };
  const pictures = { active: 'check', suspended: 'pause', deleted: 'trash', purged: 'dead' };
  return badge(kinds[how], t('tenants.standing.' + how), pictures[how]);
}

function showFigures(place, counts) {
  put(place, figures(['active', 'suspended', 'deleted'].map((how) => ({
    id: 'count-' + how, label: t('tenants.standing.' + how), value: counts[how] ?? 0,
  }))));
}
