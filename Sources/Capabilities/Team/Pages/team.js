// The team: who belongs to it, who is invited, and what each may be given.

import { ask, change, path, save } from '/pages/look/api.js';
import { may, organisation, who } from '/pages/look/base/session.js';
import {
  ago, avatar, badge, blank, button, confirmEffects, day, el, filters, icon, menuButton, name, put, state, t, table, tabs, time, toast,
} from '/pages/look/parts.js';
import { addCommands, enter, pageHead } from '/pages/look/shell.js';
import { inviteDialog } from './invite.js';
import { openMember } from './member.js';
import { roleDialog } from './roles.js';

enter('team', (page) => {
  const show = () => { if (page.isConnected) open(page, organisation()); };
  addEventListener('parley:organisation', show);
  show();
});

function open(page, here) {
  if (!here) {
    return put(page, pageHead({ title: t('team.title'), lead: t('team.lead') }),
      blank({ picture: 'building', title: t('team.choose'), text: t('team.chooseText'), level: 2 }));
  }
  const team = new Team(here.id);
  const invitations = team.invitations();
  const members = team.members();
  const parts = tabs(t('team.title'), [
    { words: t('team.members'), content: () => members.element },
    { words: t('team.invitations'), content: () => invitations.element },
  ], { chosen: location.hash === '#invitations' ? 1 : 0 });
  const invite = async () => {
    if (await inviteDialog(team.tenant, await team.roles(), here.name)) invitations.load();
  };
  put(page, pageHead({
    title: t('team.title'), lead: t('team.lead'),
    acts: [
      menuButton({
        content: [icon('download'), t('team.export'), icon('down', 'small')], end: true, id: 'export',
        items: () => [{ words: t('team.csv'), picture: 'grid', run: () => exported(team.tenant), attributes: { 'data-export': 'csv' } }],
      }),
      may('members:write') ? button(t('team.invite'), { kind: 'primary', picture: 'plus', id: 'invite', act: invite }) : null,
    ],
  }), parts);
  if (may('members:write')) addCommands([{ words: t('team.invite'), picture: 'plus', keys: ['I'], run: invite }]);
  members.load();
  invitations.load();
}

async function exported(tenant) {
  try {
    await save(path(['tenants', tenant, 'exports', 'members.csv']), `${tenant}-members.csv`);
    toast(t('team.exported'));
  } catch (problem) {
    toast(problem.words, { bad: true });
  }
}

/** A role in words: what every team has, or what the team calls it. */
export function roleName(role, roles = []) {
  const own = roles.find(({ id }) => id === role);
  return own && !own.isBuiltIn ? own.name : t('team.role.' + role);
}

class Team {
  constructor(tenant) {
    this.tenant = tenant;
    this.known = null;
  }

  path(...parts) {
    return ['tenants', this.tenant, ...parts];
  }

  /** The roles of the team, asked for once. */
  roles() {
    this.known ??= ask(path(this.path('roles'))).then(({ roles }) => roles).catch((problem) => {
      this.known = null;
      throw problem;
    });
    return this.known;
  }

  members() {
    const narrow = filters(t('team.filter'), [
      { name: 'name', kind: 'search', label: t('team.search'), keys: true },
      { name: 'role', kind: 'select', label: t('team.role'), options: [['', t('team.anyRole')]] },
      {
        name: 'secondFactor', kind: 'select', label: t('team.signIn'),
        options: [['', t('team.anySignIn')], ['true', t('team.factorOn')], ['false', t('team.factorOff')]],
      },
    ]);
    let roles = [];
    const mayWrite = may('members:write');
    const list = table({
      label: t('team.members'), kind: 'team-table', count: 'team.count', failedTitle: t('team.broken'), filters: narrow,
      live: { room: 'team', tenant: this.tenant },
      id: (row) => row.account, name: (row) => row.name || row.email,
      open: (row) => openMember(this.tenant, row, roles),
      empty: { picture: 'users', title: t('team.none'), text: t('team.noneText') },
      columns: [
        { head: t('team.name'), kind: 'lead', mark: (row) => avatar({ text: row.name || row.email, kind: 'team' }), cell: (row) => nameCell(row) },
        { head: t('team.role'), cell: (row) => roleName(row.role, roles) },
        { head: t('team.since'), cell: (row) => day(row.since) },
        { head: t('team.signIn'), cell: signInCell },
      ],
      menu: mayWrite ? (row) => this.acts(row, roles, list) : null,
      select: mayWrite ? {
        acts: [
          { name: 'role', words: t('team.changeRole'), picture: 'users', run: (rows) => this.changeRoles(rows, roles) },
          { name: 'remove', words: t('team.remove'), picture: 'x', danger: true, run: (rows) => this.removeAll(rows) },
        ],
      } : null,
      load: async ({ after, limit, filters: values, signal }) => {
        const [found, page, counted] = await Promise.all([
          this.roles(), ask(path(this.path('members'), { ...values, limit, after }), { signal }),
          ask(path(this.path('counts', 'members'), values), { signal }),
        ]);
        roles = found;
        narrow.offer('role', [['', t('team.anyRole')], ...roles.map(({ id }) => [id, roleName(id, roles)])]);
        return { rows: page.members, next: page.next, total: counted.members };
      },
    });
    return list;
  }

  acts(row, roles, list) {
    const what = row.name || row.email;
    return [
      { words: t('team.look'), picture: 'person', run: () => openMember(this.tenant, row, roles) },
      { words: t('team.changeRole'), picture: 'users', run: () => this.changeRole(row, roles, list) },
      may('ownership:transfer') && row.role !== 'owner' && row.account !== who().id
        ? { words: t('team.offer'), picture: 'key', run: () => this.offer(row, what) } : null,
      '-',
      { words: t('team.remove'), picture: 'x', danger: true, run: () => this.remove(row, what, list), attributes: { 'data-act': 'remove' } },
    ].filter(Boolean);
  }

  async changeRole(row, roles, list) {
    const role = await roleDialog(t('team.roleOf', { name: row.name || row.email }), roles, row.role);
    if (!role || role === row.role) return;
    try {
      list.change(await change('PUT', path(this.path('members', row.account, 'role')), { body: { role } }));
      toast(t('team.roleChanged', { name: row.name || row.email, role: roleName(role, roles) }), {
        undo: async () => {
          list.change(await change('PUT', path(this.path('members', row.account, 'role')), { body: { role: row.role } }));
        },
      });
    } catch (problem) {
      toast(problem.words, { bad: true });
    }
  }

  async changeRoles(rows, roles) {
    const role = await roleDialog(t('team.rolesOf', { count: rows.length }), roles, 'agent');
    if (!role) return false;
    try {
      const { results } = await change('POST', path(this.path('members', 'roles')), {
        body: { accounts: rows.map(({ account }) => account), role },
      });
      const failed = results.filter(({ isDone }) => !isDone);
      const people = new Map(rows.map((row) => [row.account, row.name || row.email]));
      if (!failed.length) toast(t('team.rolesChanged', { count: results.length, role: roleName(role, roles) }));
      else toast(t('team.rolesFailed', { count: failed.length, name: people.get(failed[0].account), why: said(failed[0]) }), { bad: true });
      return true;
    } catch (problem) {
      toast(problem.words, { bad: true });
      return false;
    }
  }

  async offer(row, what) {
    await confirmEffects({
      title: t('team.offerTitle', { name: what }), act: t('team.offerDo'), picture: 'key',
      effects: [t('team.offerAccept', { name: what }), t('team.offerThen')],
      run: () => change('POST', path(this.path('ownership', 'offer')), { body: { account: row.account } }),
    }) && toast(t('team.offered', { name: what }));
  }

  async remove(row, what, list) {
    const isDone = await confirmEffects({
      title: t('team.removeTitle', { name: what }), act: t('team.removeDo'), keep: t('team.removeKeep'),
      effects: [t('team.removeEnds'), t('team.removeStays')],
      run: () => change('DELETE', path(this.path('members', row.account))),
    });
    if (!isDone) return;
    toast(t('team.removed', { name: what }));
    list.load();
  }

  async removeAll(rows) {
    const isDone = await confirmEffects({
      title: t('team.removeMany', { count: rows.length }), act: t('team.removeDo'), keep: t('team.removeKeep'),
      effects: [t('team.removeEnds'), t('team.removeStays')],
      // One after the other: the last owner is found out by the one before.
      run: async () => { for (const row of rows) await change('DELETE', path(this.path('members', row.account))); },
    });
    if (isDone) toast(t('team.removedMany', { count: rows.length }));
    return true;
  }

  // Invitations

  invitations() {
    const narrow = filters(t('team.filterInvitations'), [
      { name: 'email', kind: 'search', label: t('team.searchInvitations') },
    ]);
    let roles = [];
    const mayWrite = may('members:write');
    const list = table({
      label: t('team.invitations'), count: 'team.countInvitations', failedTitle: t('team.broken'), filters: narrow,
      live: { room: 'team', tenant: this.tenant },
      id: (row) => row.id, name: (row) => row.email,
      empty: { picture: 'mail', title: t('team.noInvitations'), text: t('team.noInvitationsText') },
      columns: [
        { head: t('team.address'), kind: 'lead', cell: (row) => [name(row.email), el('span', { class: 'sub' }, t('team.by', { name: row.by }))] },
        { head: t('team.role'), cell: (row) => roleName(row.role, roles) },
        { head: t('team.sent'), cell: (row) => time(row.sentAt) },
        { head: t('team.state'), cell: stateCell },
      ],
      menu: mayWrite ? (row) => [
        { words: t('team.resend'), picture: 'mail', run: () => this.resend(row, list), attributes: { 'data-act': 'resend' } },
        { words: t('team.cancelInvitation'), picture: 'x', danger: true, run: () => this.cancel(row, list), attributes: { 'data-act': 'cancel' } },
      ] : null,
      load: async ({ after, limit, filters: { email }, signal }) => {
        const [found, page] = await Promise.all([
          this.roles(), ask(path(this.path('invitations'), { email, limit, after }), { signal }),
        ]);
        roles = found;
        return { rows: page.invitations, next: page.next, total: page.total };
      },
    });
    return list;
  }

  async resend(row, list) {
    try {
      list.change(await change('POST', path(this.path('invitations', row.id, 'resend'))));
      toast(t('team.resent', { address: row.email }));
    } catch (problem) {
      toast(problem.words, { bad: true });
    }
  }

  async cancel(row, list) {
    const isDone = await confirmEffects({
      title: t('team.cancelTitle', { address: row.email }), act: t('team.cancelDo'), keep: t('team.cancelKeep'),
      effects: [t('team.cancelVoid')],
      run: () => change('DELETE', path(this.path('invitations', row.id))),
    });
    if (!isDone) return;
    toast(t('team.cancelled', { address: row.email }));
    list.load();
  }
}

/** Why something was not done, in the person's language where there is a text. */
function said({ code, detail }) {
  const words = t('problem.' + code);
  return words === 'problem.' + code ? detail : words;
}

function nameCell(row) {
  const isMe = row.account === who().id;
  return [name(row.name || row.email), isMe ? [' ', badge('', t('team.you'))] : null, name(row.email, { class: 'sub' })];
}

function signInCell(row) {
  if (row.isAway) return state('off', t('team.away'));
  if (!row.isVerified) return state('warn', t('team.unverified'));
  return row.hasSecondFactor ? state('ok', t('team.factorOn')) : state('warn', t('team.factorOff'));
}

function stateCell(row) {
  return row.isExpired ? badge('warn', t('team.expired'), 'clock') : badge('accent', t('team.waits', { when: ago(row.expires) }), 'mail');
}
