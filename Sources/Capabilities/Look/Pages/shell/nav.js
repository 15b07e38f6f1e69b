// The navigation: at the side, and as tabs at the thumb on a phone. What one may not enter is not
// there.

import { el, icon } from '../base/dom.js';
import { t } from '../base/words.js';
import { openRooms } from './rooms.js';

/** Tabs that fit on a phone. */
const mostTabs = 5;

/** The mark and the name, which lead home. */
export function brand() {
  return el('a', { class: 'brand', href: '/' }, icon('mark'), el('span', {}, 'Parley'));
}

/** The navigation with its groups; `current` is the room that is shown. */
export function nav(current) {
  const groups = new Map();
  for (const room of openRooms()) groups.set(room.group, [...(groups.get(room.group) ?? []), room]);
  const foot = groups.get('foot') ?? [];
  groups.delete('foot');
  return el('nav', { class: 'nav', id: 'rooms', popover: true, 'aria-label': t('nav.rooms') }, brand(),
    Array.from(groups, ([name, list]) => el('div', { class: 'nav-group' },
      el('p', {}, t('nav.' + name)), entries(list, current))),
    el('div', { class: 'nav-group nav-foot' }, el('ul', {},
      foot.map((room) => el('li', {}, link(room, current))),
      el('li', {}, el('a', { href: '/api/v1/openapi.json' }, icon('link'), el('span', {}, t('nav.api')))))));
}

function entries(list, current) {
  return el('ul', {}, list.map((room) => el('li', {}, link(room, current))));
}

function link(room, current) {
  return el('a', { href: room.href, 'aria-current': room.room === current ? 'page' : null, 'data-room': room.room },
    icon(room.icon), el('span', {}, t('room.' + room.room)),
    el('span', { class: 'count', 'data-count': room.room, hidden: true }));
}

/** The daily rooms as tabs. */
export function tabbar(current) {
  const daily = openRooms().filter((room) => room.daily).slice(0, mostTabs);
  return el('nav', { class: 'tabbar', 'aria-label': t('nav.daily') }, daily.map((room) => link(room, current)));
}
