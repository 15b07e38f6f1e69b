// The organisation: what it is, what it asks of its people, its keys, and its end.

import { ask, path } from '/pages/look/api.js';
import { may, organisation } from '/pages/look/base/session.js';
import { blank, exactTime, fillIn, el, notice, put, t, tabs } from '/pages/look/parts.js';
import { enter, pageHead } from '/pages/look/shell.js';
import { dataTab } from './data.js';
import { hoursTab } from './hours.js';
import { keysTab } from './keys.js';
import { levelsTab } from './levels.js';
import { limitsTab } from './limits.js';
import { ownershipTab } from './ownership.js';
import { rolesTab } from './roles.js';
import { localeTab, profileTab, securityTab } from './settings.js';

enter('organisation', (page) => {
  const show = () => { if (page.isConnected) open(page, organisation()); };
  addEventListener('parley:organisation', show);
  show();
});

/** The tabs by the name that stands in the address. */
const subjects = [
  ['profile', 'settings:read', profileTab], ['locale', 'settings:read', localeTab], ['hours', 'settings:read', hoursTab], ['levels', 'settings:read', levelsTab], ['security', 'settings:read', securityTab],
  ['roles', 'members:read', rolesTab], ['keys', 'keys:read', keysTab], ['ownership', 'settings:read', ownershipTab],
  ['limits', 'settings:read', limitsTab], ['data', 'settings:read', dataTab],
];

function open(page, here) {
  const head = pageHead({ title: t('organisation.title'), lead: here ? t('organisation.lead') : null });
  if (!here) {
    return put(page, head, blank({ picture: 'building', title: t('organisation.choose'), text: t('organisation.chooseText'), level: 2 }));
  }
  const notices = el('div', { id: 'notices' });
  const list = subjects.filter(([, permission]) => may(permission));
  const asked = list.findIndex(([subject]) => '#' + subject === location.hash);
  put(page, head, notices, tabs(t('organisation.title'), list.map(([subject, , content]) => ({
    words: t('organisation.tab.' + subject),
    content: () => {
      const place = el('div', { class: 'stack', id: 'tab-' + subject });
      fillIn(place, () => content(here.id, place));
      return place;
    },
  })), { chosen: Math.max(0, asked), changed: (index) => history.replaceState(history.state, '', '#' + list[index][0]) }));
  ask(path(['tenants', here.id, 'organisation'])).then((now) => put(notices, standing(now)), () => { /* each tab says it itself */ });
}

/** What everybody should know about how the organisation stands. */
function standing(now) {
  if (now.standing === 'suspended') {
    return notice('bad', t('organisation.suspended', { when: exactTime(now.suspendedAt) }), t('organisation.suspendedText', { reason: now.reason }));
  }
  if (now.standing === 'deleted') {
    return notice('bad', t('organisation.deleted'), t('organisation.deletedText', { when: exactTime(now.restorableUntil) }));
  }
  return null;
}
