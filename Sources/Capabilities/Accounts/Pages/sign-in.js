// The page to sign in at: whoever is in goes on to where they wanted to go, within this console.

import { arrive } from '/pages/look/base/session.js';
import { door } from '/pages/look/shell/door.js';
import { enterDoor, frame } from '/pages/look/shell.js';

/** Where to go on: a path of this console, never another site. */
function next() {
  const wanted = new URLSearchParams(location.search).get('to') ?? '/';
  let target;
  try { target = new URL(wanted, location.origin); } catch { return '/'; }
  const isOurs = target.origin === location.origin && wanted.startsWith('/') && !/^\/[/\\]/.test(wanted);
  return isOurs ? target.pathname + target.search : '/';
}

const go = () => location.replace(next());

enterDoor('door.title', async () => {
  if (await arrive().catch(() => false)) return go();
  const { parts, ready } = door(go);
  frame(...parts);
  ready();
  return undefined;
});
