// The rooms of the console. Each capability with a page adds its own here, and its name to the
// words as `room.NAME`: navigation, tabs, palette and keys follow.

import { impersonation, may, who } from '../base/session.js';

/**
 * `group` is where it stands, `may` what one must be allowed to see it (one of several), `is` who it is for alone,
 * `key` follows `g` on the keyboard, and what is `daily` has a tab on a phone.
 */
const rooms = [
  { room: 'desk', group: 'desk', icon: 'inbox', href: '/pages/desk/', may: 'conversations:read', key: 'd', daily: true },
  { room: 'wall', group: 'desk', icon: 'pulse', href: '/pages/wall/', may: 'conversations:supervise', key: 'v' },
  { room: 'customers', group: 'desk', icon: 'users', href: '/pages/customers/', may: 'conversations:read', key: 'c' },
  { room: 'analytics', group: 'desk', icon: 'chart', href: '/pages/analytics/', may: ['analytics:read', 'platformBilling:read'], key: 'g' },
  { room: 'home', group: 'installation', icon: 'home', href: '/', key: 'h', daily: true },
  { room: 'knowledge', group: 'organisation', icon: 'book', href: '/pages/knowledge/', may: 'documents:read', key: 'k', daily: true },
  { room: 'team', group: 'organisation', icon: 'users', href: '/pages/team/', may: 'members:read', key: 't', daily: true },
  { room: 'organisation', group: 'organisation', icon: 'gear', href: '/pages/organisation/', may: 'settings:read', key: 'o' },
  { room: 'channels', group: 'organisation', icon: 'phone', href: '/pages/channels/', may: ['settings:read', 'conversations:read'], key: 'w' },
  { room: 'queues', group: 'organisation', icon: 'queue', href: '/pages/routing/', may: 'settings:write', key: 'q' },
  { room: 'tools', group: 'organisation', icon: 'tag', href: '/pages/desk-settings/', may: 'settings:write', key: 'l' },
  { room: 'tenants', group: 'installation', icon: 'building', href: '/pages/tenants/', may: 'tenants:read', key: 'n' },
  { room: 'users', group: 'installation', icon: 'users', href: '/pages/users/', may: 'users:read', key: 'u' },
  { room: 'audit', group: 'installation', icon: 'shield', href: '/pages/audit/', may: ['audit:readAll', 'audit:read'], key: 'a', daily: true },
  { room: 'operations', group: 'installation', icon: 'pulse', href: '/pages/operations/', may: 'status:read', key: 's' },
  { room: 'letters', group: 'installation', icon: 'dead', href: '/pages/dead-letters/', may: 'status:read', key: 'x' },
  { room: 'traces', group: 'installation', icon: 'route', href: '/pages/traces/', may: 'status:read', key: 'y' },
  { room: 'installation', group: 'installation', icon: 'gear', href: '/pages/installation/', may: 'installation:read', key: 'i' },
  { room: 'outbox', group: 'installation', icon: 'mail', href: '/pages/outbox/', may: 'installation:read', key: 'm' },
  { room: 'simulator', group: 'installation', icon: 'phone', href: '/pages/simulator/', may: 'simulator:use', key: 'e' },
  { room: 'profile', group: 'account', icon: 'person', href: '/pages/profile/', is: 'person' },
  { room: 'sessions', group: 'account', icon: 'screen', href: '/pages/sessions/', is: 'person' },
  { room: 'factor', group: 'account', icon: 'shield', href: '/pages/factor/', is: 'person' },
  { room: 'notifications', group: 'account', icon: 'bell', href: '/pages/notifications/', is: 'person', key: 'b' },
  { room: 'parts', group: 'foot', icon: 'grid', href: '/pages/parts/', key: 'p' },
];

/** Whether whoever is here may enter a room. */
export function mayEnter(name) {
  return isOpen(rooms.find(({ room }) => room === name));
}

/** The rooms that whoever is here may enter. */
export function openRooms() {
  return rooms.filter(isOpen);
}

function isOpen(room) {
  return [room?.may].flat().some((each) => may(each))
    // Nobody's own account is another's to look after.
    && (!room?.is || (who().kind === room.is && !impersonation()));
}
