// One account in a drawer: what is known of it, where it belongs, its sessions, what it did.

import { ask, change, path } from '/pages/look/api.js';
import { may, who } from '/pages/look/base/session.js';
import {
  ago, badge, blank, button, confirmEffects, date, el, exactTime, field, fillIn, form, icon, menuButton, name, openDialog, pairs, plainTable, put,
  t, tabs, time, toast,
} from '/pages/look/parts.js';
import { actButton } from '/pages/look/shell/impersonation.js';
import { actionName } from '/pages/audit/names.js';
import { actsOf, doOne } from './acts.js';
import { languageOptions, roleOptions } from './new.js';
import { personMark, standingBadge } from './marks.js';

/** Days of activity that are shown. */
const shownDays = 14;

/** Opens it; `changed()` is called when something is other than before. */
export function openUser(user, { businessName, changed, closed }) {
  const body = el('div', { class: 'stack' });
  const state = { user, tab: 0 };
  const isWriter = may('users:write');
  const dialog = openDialog({ kind: 'drawer user', title: user.name || user.address, body, closed });
  dialog.id = 'user';

  async function run(act) {
    if (!await doOne(act, state.user)) return;
    changed();
    if (act === 'delete') dialog.close();
    else reload();
  }
  async function reload() {
    try {
      state.user = await ask(path(['users', state.user.id]));
      show();
    } catch (problem) {
      toast(problem.words, { bad: true });
    }
  }
  function show() {
    const now = state.user;
    put(body,
      el('div', { class: 'row' }, personMark(now), el('div', { class: 'grow' }, name(now.address), el('div', { class: 'row tight' }, standingBadge(now),
        now.role ? badge('accent', now.role === 'operator' ? t('users.operator') : t('users.runs'), 'shield') : null)),
      isWriter ? menuButton({ words: t('users.acts'), end: true, id: 'user-acts', items: () => actsOf(now, run) }) : null),
      tabs(t('users.about', { name: now.name || now.address }), [
        { words: t('users.overview'), content: () => overview(now) },
        { words: t('users.belongs'), count: now.memberships.length, content: () => memberships(now) },
        { words: t('users.sessions'), count: now.sessions.length, content: () => sessions(now) },
        { words: t('users.activity'), content: () => activity(now) },
      ], { chosen: state.tab, changed: (index) => { state.tab = index; } }));
  }

  function overview(now) {
    return el('div', { class: 'stack' },
      pairs([
        [t('users.address'), name(now.address), t(now.isVerified ? 'users.verified' : 'users.unverified')],
        now.newAddress ? [t('users.newAddress'), name(now.newAddress), t('users.waits')] : null,
        [t('users.password'), t(now.hasPassword ? 'users.chosen' : 'users.notChosen')],
        [t('users.factor'), now.hasFactor ? t('users.factorOn', { count: now.backupCodes }) : t('users.factorOff')],
        [t('users.lastUsed'), now.seenAt ? time(now.seenAt) : t('users.never')],
        [t('users.made'), now.createdAt ? date(now.createdAt) : '–'],
        [t('users.account'), el('span', { class: 'mono' }, now.id)],
      ]),
      isWriter ? edit(now) : null,
      may('operators:write') ? role(now) : null);
  }

  function edit(now) {
    return el('section', { class: 'stack tight' }, el('h3', {}, t('users.edit')), form({
      fields: [
        field({ name: 'name', label: t('users.name'), attributes: { autocomplete: 'off', maxlength: 100 } }),
        field({ name: 'language', kind: 'select', label: t('users.language'), options: languageOptions(), optional: true }),
      ],
      values: { name: now.name, language: now.language ?? '' },
      save: ({ name: words, language }) => change('PUT', path(['users', now.id]), { body: { name: words, language: language || undefined } }),
      saved: (fresh) => { toast(t('form.saved')); state.user = fresh; changed(); },
    }).element);
  }

  function role(now) {
    const place = el('section', { class: 'stack tight' });
    fillIn(place, async () => {
      const options = await roleOptions();
      return [el('h3', {}, t('users.role')), form({
        fields: [field({ name: 'role', kind: 'select', label: t('users.roleOf'), options, optional: true, hint: t('users.roleHint') })],
        values: { role: now.role ?? '' },
        save: ({ role: chosen }) => change('PUT', path(['users', now.id, 'role']), { body: { role: chosen || undefined } }),
        saved: (fresh) => { toast(t('form.saved')); state.user = fresh; changed(); show(); },
      }).element];
    }, { bones: 2 });
    return place;
  }

  function memberships(now) {
    if (!now.memberships.length) return blank({ picture: 'building', title: t('users.noMembership'), text: t('users.noMembershipText') });
    // Nobody acts as themselves, or as somebody who runs the installation, too.
    const mayAct = may('members:impersonate') && now.id !== who().id && !now.role && now.standing === 'active';
    const acting = (each) => actButton({
      tenant: each.tenant, name: each.name || businessName(each.tenant), person: { id: now.id, name: now.name || now.address }, consentUntil: each.consentUntil,
    });
    return el('div', { class: 'table-wrap' }, plainTable(t('users.belongs'), [t('users.business'), t('users.role'), t('users.since')],
      now.memberships.map((each) => [
        el('div', { class: 'stack tight' }, el('div', {}, name(each.name || businessName(each.tenant)), el('span', { class: 'sub mono' }, each.tenant)),
          mayAct ? acting(each) : null), name(roleName(each)), date(each.since),
      ])));
  }

  function sessions(now) {
    if (!now.sessions.length) return blank({ picture: 'screen', title: t('users.noSession'), text: t('users.noSessionText') });
    return el('ul', { class: 'user-sessions' }, now.sessions.map((session) => el('li', { class: 'row no-wrap top' },
      icon(session.kind === 'cli' ? 'server' : 'screen'),
      el('div', { class: 'grow' }, name(session.userAgent ?? session.kind), el('span', { class: 'sub' },
        [session.address, t('users.usedAgo', { ago: ago(session.used) }), t('users.endsAt', { exact: exactTime(session.expires) })].filter(Boolean).join(' · '))),
      isWriter ? button(t('users.endSession'), { kind: 'small', act: () => end(now, session) }) : null)));
  }

  async function end(now, session) {
    const isDone = await confirmEffects({
      title: t('users.sure.endSession'), effects: [t('users.effect.endSession')], act: t('users.endSession'),
      run: () => change('DELETE', path(['users', now.id, 'sessions', session.id])),
    });
    if (isDone) reload();
  }

  function activity(now) {
    const place = el('div', { class: 'stack' });
    fillIn(place, async () => {
      const { days } = await ask(path(['users', now.id, 'activity']));
      if (!days.length) return blank({ picture: 'pulse', title: t('users.noActivity'), text: t('users.noActivityText') });
      const byDay = new Map();
      for (const each of days) byDay.set(each.day, [...(byDay.get(each.day) ?? []), each]);
      return [
        Array.from(byDay).slice(0, shownDays).map(([day, list]) => el('section', { class: 'stack tight' }, el('h3', {}, date(Date.parse(day + 'T12:00:00Z'))),
          el('ul', { class: 'user-days' }, list.map((each) => el('li', { class: 'row' }, el('span', { class: 'grow' }, actionName(each.action)),
            el('span', { class: 'num soft' }, t('users.times', { count: each.count }))))))),
        may('audit:readAll') ? el('p', {}, el('a', { href: `/pages/audit/?person=${encodeURIComponent(now.id)}` }, t('users.wholeActivity'))) : null,
      ];
    });
    return place;
  }

  show();
}

function roleName({ role, roleName: words }) {
  const key = 'users.tenantRole.' + role;
  const said = t(key);
  return said === key ? words : said;
}
