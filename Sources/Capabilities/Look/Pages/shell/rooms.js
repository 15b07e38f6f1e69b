// The rooms of the console. Each capability with a page adds its own here, and its name to the
// words as `room.NAME`: navigation, tabs, palette and keys follow.

import { may } from '../base/session.js';

/**
 * `group` is where it stands, `may` what one must be allowed to see it, `key` follows `g` on the
 * keyboard, and what is `daily` has a tab on a phone.
 */
const rooms = [
  { room: 'home', group: 'installation', icon: 'home', href: '/', may: 'status:read', key: 'h', daily: true },
  { room: 'audit', group: 'installation', icon: 'shield', href: '/pages/audit/', may: 'audit:readAll', key: 'a', daily: true },
  { room: 'parts', group: 'foot', icon: 'grid', href: '/pages/parts/', key: 'p' },
];

/** Whether whoever is here may enter a room. */
export function mayEnter(name) {
  return may(rooms.find(({ room }) => room === name)?.may);
}

/** The rooms that whoever is here may enter. */
export function openRooms() {
  return rooms.filter((room) => may(room.may));
}
