// Somebody of the team: what they may, and what they did.

import { ask, path } from '/pages/look/api.js';
import { may } from '/pages/look/base/session.js';
import { ago, blank, el, exactTime, fillIn, name, openDialog, pairs, state, t, time } from '/pages/look/parts.js';

/** Acts that are shown at once. */
const shown = 20;

/** Opens a person's card. */
export function openMember(tenant, row, roles) {
  const role = roles.find(({ id }) => id === row.role);
  const acts = el('div', {});
  const dialog = openDialog({
    title: row.name || row.email,
    body: [
      pairs([
        [t('team.address'), name(row.email), row.account],
        [t('team.role'), role && !role.isBuiltIn ? name(role.name) : t('team.role.' + row.role)],
        [t('team.since'), exactTime(row.since)],
        [t('team.signIn'), row.isAway ? state('off', t('team.away')) : row.hasSecondFactor ? state('ok', t('team.factorOn')) : state('warn', t('team.factorOff'))],
      ]),
      may('audit:read') ? el('h3', {}, t('team.activity')) : null,
      may('audit:read') ? acts : null,
    ],
  });
  dialog.id = 'member';
  if (!may('audit:read')) return;
  fillIn(acts, async () => {
    const { entries } = await ask(path(['tenants', tenant, 'audit'], { actor: `account/${row.account}`, limit: shown }));
    if (!entries.length) return blank({ picture: 'list', title: t('team.noActivity') });
    return el('ol', { class: 'team-acts' }, entries.map((entry) => el('li', {},
      el('span', { class: 'mono' }, entry.action), ' ', name(entry.target?.name ?? entry.subject ?? ''),
      el('span', { class: 'sub' }, time(entry.at), ' · ', ago(entry.at)))));
  }, { bones: 3 });
}
