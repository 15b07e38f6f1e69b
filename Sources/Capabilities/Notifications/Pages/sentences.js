// What notifications say, by their kind.

import { knows, rich, t } from '/pages/look/base/words.js';
import { name } from '/pages/look/parts.js';

const pictures = {
  signIn: 'shield', password: 'key', factor: 'shield', address: 'mail', role: 'person', removed: 'person', offer: 'person', owner: 'person',
  joined: 'person', left: 'person', invitation: 'mail', invited: 'mail', mailFailed: 'warn', security: 'shield', key: 'key', consent: 'eye', impersonation: 'eye', suspended: 'warn',
  resumed: 'ok',
  deleted: 'bad', restored: 'ok', channelStopped: 'bad', channelOpen: 'ok', channelWarning: 'warn', waiting: 'clock', overdue: 'clock', missed: 'clock', queueAge: 'clock',
};

/** The picture of a kind. */
export function pictureOf(kind) {
  return pictures[kind] ?? 'bell';
}

/** What a kind is called where it is chosen. */
export function kindName(kind) {
  const key = 'notifications.kind.' + kind;
  return knows(key) ? t(key) : kind;
}

/** What happened, as nodes: what came from outside is marked as such. */
export function wordsOf({ kind, values }) {
  const key = 'notifications.say.' + kind;
  const of = (value) => name(values[value] ?? '');
  return rich(knows(key) ? key : 'notifications.say.other', {
    organisation: of('organisation'), role: roleName(values.role), device: name(deviceOf(values)), name: of('name'), address: of('address'), reason: of('reason'), remedy: of('remedy'),
  });
}

function roleName(role) {
  const key = 'notifications.role.' + role;
  return knows(key) ? t(key) : name(role ?? '');
}

/** Browsers name those that they are like, too: the first of these is meant. */
const browsers = [/Edg/, /Firefox/, /Chrome/, /Safari/];

/** A browser and its system in two words, out of what it calls itself. */
function deviceOf({ device = '', kind = '' }) {
  const browser = browsers.map((each) => device.match(each)?.[0]).find(Boolean);
  const system = device.match(/Android|iPhone|iPad|Windows|Mac OS|Linux/)?.[0];
  const words = [browser, system].filter(Boolean).join(', ');
  return words || device.slice(0, 60) || kind;
}
