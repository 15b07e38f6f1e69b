// The accounts of the installation: list, search, many at once, export, and one in a drawer.

import { all, ask, change, onceKey, path, save } from '/pages/look/api.js';
import { may, organisation } from '/pages/look/base/session.js';
import {
  avatar, badge, button, confirmEffects, dayOf, el, filters, icon, menuButton, name, notice, put, t, table, time, toast,
} from '/pages/look/parts.js';
import { addCommands, enter, pageHead } from '/pages/look/shell.js';
import { actsOf, doOne } from './acts.js';
import { standingBadge } from './marks.js';
import { openNew } from './new.js';
import { openUser } from './user.js';

/** Businesses that a row names. */
const shownBusinesses = 2;

enter('users', (page) => {
  const businesses = new Map();
  const notices = el('div', { id: 'notices' });
  const isWriter = may('users:write');
  const narrow = filters(t('users.filter'), [
    { name: 'words', kind: 'search', label: t('users.search'), keys: true },
    { name: 'standing', kind: 'select', label: t('users.standing'), options: [['', t('users.anyStanding')], ['active', t('users.active')], ['disabled', t('users.disabled')], ['invited', t('users.invited')], ['unverified', t('users.unverified')]] },
    { name: 'role', kind: 'select', label: t('users.role'), options: [['', t('users.anyRole')], ['operator', t('users.operators')]] },
    { name: 'factor', kind: 'select', label: t('users.factor'), options: [['', t('users.anyFactor')], ['true', t('users.withFactor')], ['false', t('users.withoutFactor')]] },
    { name: 'tenant', kind: 'select', label: t('users.business'), options: [['', t('users.allBusinesses')]] },
    {
      name: 'order', kind: 'select', label: t('users.order'),
      options: [['', t('users.byName')], ['address', t('users.byAddress')], ['newest', t('users.byAge')], ['lastUsed', t('users.byUse')]],
    },
  ]);

  /** The filters as the API takes them. */
  function asked({ words, standing, role, factor, tenant }) {
    return {
      words, hasFactor: factor, tenant: tenant || organisation()?.id, isOperator: role === 'operator' ? true : undefined,
      standing: ['active', 'disabled'].includes(standing) ? standing : undefined,
      hasPassword: standing === 'invited' ? false : undefined, isVerified: standing === 'unverified' ? false : undefined,
    };
  }

  const bulk = (act, danger = false) => ({
    name: act, words: t('users.act.' + act), picture: pictures[act], danger, run: (rows) => many(act, rows),
  });
  const list = table({
    label: t('users.list'), kind: 'users-table', count: 'users.count', failedTitle: t('users.broken'), filters: narrow,
    live: { room: 'users' },
    id: (user) => user.id, name: (user) => user.name || user.address,
    href: (user) => address(user.id), open: (user) => show(user.id),
    empty: { picture: 'users', title: t('users.none'), text: t('users.noneText') },
    select: isWriter ? { acts: [bulk('sendLink'), bulk('endSessions'), bulk('disable'), bulk('enable'), bulk('delete', true)] } : undefined,
    menu: isWriter ? (user) => actsOf(user, run) : undefined,
    columns: [
      { head: t('users.name'), kind: 'lead', mark: (user) => avatar({ text: user.name || user.address, kind: 'team' }), cell: nameCell },
      { head: t('users.standing'), cell: standingCell },
      { head: t('users.business'), class: 'business', cell: (user) => businessCell(user, businesses) },
      { head: t('users.lastUsed'), class: 'when', cell: ({ seenAt }) => (seenAt ? time(seenAt) : el('span', { class: 'soft' }, t('users.never'))) },
      { head: t('users.made'), class: 'when', cell: ({ createdAt }) => time(createdAt) },
    ],
    async load({ after, limit, filters: values, signal }) {
      const narrowed = asked(values);
      const [found, counted] = await Promise.all([
        ask(path(['users'], { ...narrowed, order: values.order, limit, after }), { signal }),
        ask(path(['counts', 'users'], narrowed), { signal }),
      ]);
      return { rows: found.users, next: found.next, total: counted.users };
    },
  });

  function address(id) {
    const here = new URLSearchParams(location.search);
    if (id) here.set('user', id);
    else here.delete('user');
    const text = here.toString();
    return location.pathname + (text ? '?' + text : '');
  }

  async function show(id) {
    let user;
    try {
      user = await ask(path(['users', id]));
    } catch (problem) {
      put(notices, notice('warn', t('users.missing'), problem.words));
      return;
    }
    put(notices);
    history.replaceState(history.state, '', address(id));
    openUser(user, {
      businessName: (tenant) => businesses.get(tenant) || tenant, changed: () => list.load(),
      closed: () => history.replaceState(history.state, '', address(null)),
    });
  }

  async function run(act, user) {
    if (await doOne(act, user)) list.load();
  }

  /** Does something to all that are selected, and says of which it was not done. */
  async function many(act, rows) {
    const once = onceKey();
    let answer;
    const send = async () => { answer = await change('POST', path(['users', 'bulk']), { body: { act, accounts: rows.map(({ id }) => id) }, once }); };
    const asks = ['disable', 'delete', 'endSessions'].includes(act);
    if (asks) {
      const isDone = await confirmEffects({
        title: t('users.many.' + act, { count: rows.length }), effects: effectsOf(act), act: t('users.act.' + act), run: send,
      });
      if (!isDone) return false;
    } else {
      try {
        await send();
      } catch (problem) {
        toast(problem.words, { bad: true });
        return false;
      }
    }
    const failed = answer.results.filter(({ isDone }) => !isDone);
    toast(t('users.manyDone', { count: answer.results.length - failed.length }));
    const nameOf = (id) => rows.find((row) => row.id === id)?.address ?? id;
    put(notices, failed.length ? notice('warn', t('users.manyFailed', { count: failed.length }), el('ul', { class: 'stack tight' },
      failed.map((result) => el('li', {}, name(nameOf(result.account)), ': ', why(result))))) : null);
    return true;
  }

  async function exported(kind) {
    try {
      await save(path(['exports', kind === 'csv' ? 'users.csv' : 'users'], asked(narrow.values)), `users-${dayOf(Date.now())}.${kind}`);
      toast(t('users.exported'));
    } catch (problem) {
      toast(problem.words, { bad: true });
    }
  }

  const make = () => openNew({ made: (user) => { list.load(); show(user.id); } });
  put(page, pageHead({
    title: t('users.title'), lead: t('users.lead'),
    acts: [
      menuButton({
        content: [icon('download'), t('users.export'), icon('down', 'small')], end: true, id: 'export',
        items: () => [
          { head: t('users.exportHead') },
          { words: t('users.csv'), picture: 'grid', run: () => exported('csv'), attributes: { 'data-export': 'csv' } },
          { words: t('users.ndjson'), picture: 'list', run: () => exported('ndjson'), attributes: { 'data-export': 'ndjson' } },
        ],
      }),
      isWriter ? button(t('users.new'), { kind: 'primary', picture: 'plus', id: 'new', act: make }) : null,
    ].filter(Boolean),
  }), notices, list.element);
  addCommands([
    { words: t('act.refresh'), picture: 'refresh', keys: ['R'], run: () => list.load() },
    ...(isWriter ? [{ words: t('users.new'), picture: 'plus', keys: ['N'], run: make }] : []),
  ]);
  addEventListener('parley:organisation', () => { if (page.isConnected) list.load(); });

  list.load();
  const wanted = new URLSearchParams(location.search).get('user');
  if (wanted) show(wanted);
  if (may('tenants:read')) {
    all(['tenants'], 'tenants').then((found) => {
      for (const tenant of found) businesses.set(tenant.id, tenant.name);
      narrow.offer('tenant', [['', t('users.allBusinesses')], ...found.map(({ id, name: words }) => [id, words || id])]);
      if (list.rows.length) list.show();
    }, () => { /* the list is there without their names */ });
  }
}, { words: ['audit'] });

const pictures = { sendLink: 'mail', endSessions: 'out', disable: 'pause', enable: 'play', delete: 'trash' };

function effectsOf(act) {
  return [1, 2].map((number) => t(`users.effect.${act}.${number}`));
}

function why({ code, detail }) {
  const words = t('problem.' + code);
  return words === 'problem.' + code ? detail : words;
}

function nameCell(user) {
  return [
    name(user.name || user.address),
    el('span', { class: 'sub' }, name(user.address), user.isOperator ? [' ', badge('accent', t('users.operator'), 'shield')] : null),
  ];
}

function standingCell(user) {
  return el('div', { class: 'row tight' }, standingBadge(user), user.hasFactor ? badge('outline', t('users.twoSteps'), 'lock') : null);
}

function businessCell({ tenants }, businesses) {
  if (!tenants.length) return el('span', { class: 'soft' }, '–');
  const shown = tenants.slice(0, shownBusinesses).map((tenant) => el('div', {}, name(businesses.get(tenant) || tenant)));
  const rest = tenants.length - shown.length;
  return [shown, rest > 0 ? el('span', { class: 'sub' }, t('users.moreBusinesses', { count: rest })) : null];
}
