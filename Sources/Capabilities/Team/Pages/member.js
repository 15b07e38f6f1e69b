// Somebody of the team: what they may, and what they did.

import { ask, path } from '/pages/look/api.js';
import { may } from '/pages/look/base/session.js';
import { ago, blank, el, exactTime, fillIn, name, openDialog, pairs, put, state, t, time } from '/pages/look/parts.js';

/** Acts that are shown at once. */
const shown = 20;

/** Opens a person's card. */
export function openMember(tenant, row, roles) {
  const role = roles.find(({ id }) => id === row.role);
  const acts = el('div', {});
  const sees = el('span', {}, '…');
  const dialog = openDialog({
    title: row.name || row.email,
    body: [
      pairs([
        [t('team.address'), name(row.email), row.account],
        [t('team.role'), role && !role.isBuiltIn ? name(role.name) : t('team.role.' + row.role)],
        [t('team.since'), exactTime(row.since)],
        [t('team.sees'), sees],
        [t('team.signIn'), row.isAway ? state('off', t('team.away')) : row.hasSecondFactor ? state('ok', t('team.factorOn')) : state('warn', t('team.factorOff'))],
      ]),
      may('audit:read') ? el('h3', {}, t('team.activity')) : null,
      may('audit:read') ? acts : null,
    ],
  });
  dialog.id = 'member';
  tellNumbers(tenant, row, sees);
  if (!may('audit:read')) return;
  fillIn(acts, async () => {
    const { entries } = await ask(path(['tenants', tenant, 'audit'], { actor: `account/${row.account}`, limit: shown }));
    if (!entries.length) return blank({ picture: 'list', title: t('team.noActivity') });
    return el('ol', { class: 'team-acts' }, entries.map((entry) => el('li', {},
      el('span', { class: 'mono' }, entry.action), ' ', name(entry.target?.name ?? entry.subject ?? ''),
      el('span', { class: 'sub' }, time(entry.at), ' · ', ago(entry.at)))));
  }, { bones: 3 });
}

/** Tells which business numbers somebody sees, and leads to where that is chosen. */
async function tellNumbers(tenant, row, place) {
  let numbers;
  try {
    const [{ agents }, business] = await Promise.all([ask(path(['tenants', tenant, 'routing'])), ask(path(['tenants', tenant])).catch(() => ({}))]);
    numbers = agents.find(({ id }) => id === row.account)?.numbers
      ?.map((id) => business.numbers?.find((each) => each.id === id)?.display ?? id);
  } catch (problem) {
    put(place, problem.words);
    return;
  }
  put(place, numbers ? name(numbers.join(', ')) : t('team.allNumbers'),
    may('members:write') && may('settings:write') ? [' ', el('a', { href: '/pages/routing/' }, t('team.chooseNumbers'))] : null);
}
