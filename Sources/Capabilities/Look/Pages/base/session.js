// Who is here, and what they may do: the console says so, and pages are shown by it. What a person
// may not do, the console refuses, whatever a page shows.

const stored = 'parley.key';
const chosen = 'parley.organisation';

/** Who is here, as `GET /api/v1/me` says it; null for nobody. */
let present = null;

/** The installation's key or an API key that was pasted, or null. It is kept in this tab only. */
export function key() {
  return sessionStorage.getItem(stored);
}

/** Keeps a key for this tab; without one, forgets it. */
export function keepKey(value) {
  if (value) sessionStorage.setItem(stored, value);
  else sessionStorage.removeItem(stored);
}

/** Whether somebody is in. */
export function isHere() {
  return present !== null;
}

/**
 * The header lines that say who asks; people who are signed in have a cookie instead. An operator who
 * acts as somebody says so, too: another tab may have stopped it meanwhile, or begun another.
 */
export function credentials() {
  if (key()) return { Authorization: 'Bearer ' + key() };
  const { id } = impersonation() ?? {};
  return id ? { 'parley-impersonation': id } : {};
}

/** What an operator does here in somebody's name, `{ id, name, operatorName, reason, expires, … }`; null in their own. */
export function impersonation() {
  return present?.own?.impersonation ?? null;
}

/** Stops to act as somebody, if it has not ended; the console forgets the browser's second cookie. */
export async function stopImpersonation() {
  present = null;
  sessionStorage.removeItem(chosen);
  await fetch('/api/v1/impersonation', { method: 'DELETE' });
}

/** Nobody is acted as here any more: once is enough to say so. */
export function impersonationEnded() {
  if (isHere()) dispatchEvent(new CustomEvent('parley:impersonation-ended'));
}

/** Who is here: `{ kind, id, name, own, tenants, … }`; empty for nobody. */
export function who() {
  return present ?? { kind: null, name: null, permissions: [], tenants: [], own: null };
}

/** What the person is called; null where a key is here. */
export function personName() {
  return present?.kind === 'person' ? present.name : null;
}

/** What doors are told of the installation: `{ isSetUp, isSignUpOpen, isSignedIn }`. */
let told = { isSetUp: true, isSignUpOpen: false, isSignedIn: false };

/** What doors are told of the installation. */
export function installation() {
  return told;
}

/** Asks the console who is here. Gives whether somebody is; throws where it cannot be reached. */
export async function arrive() {
  const known = key() !== null;
  if (!known) {
    const door = await fetch('/api/v1/door', { cache: 'no-store' });
    if (!door.ok) throw new Error(String(door.status));
    told = await door.json();
    if (!told.isSignedIn) {
      present = null;
      return false;
    }
  }
  const answer = await fetch('/api/v1/me', { headers: credentials(), cache: 'no-store' });
  if (answer.ok) {
    recognise(await answer.json());
    return true;
  }
  if (answer.status !== 401) throw new Error(String(answer.status));
  if (!known && (await answer.json().catch(() => ({}))).code === 'impersonation_ended') {
    // It ended while no page was open: the operator goes on as themselves.
    await stopImpersonation();
    return arrive();
  }
  if (known) keepKey(null);
  present = null;
  return false;
}

/** Takes over what the console says about who is here. */
export function recognise(answer) {
  present = answer;
  const mine = organisation();
  if (seesAll() || !present) return;
  // People of organisations look at one of theirs, always.
  const known = present.tenants.find(({ id }) => id === mine?.id) ?? present.tenants[0];
  if (known) keep({ id: known.id, name: known.name || known.id });
  else keep(null);
}

/** Whether whoever is here looks at the whole installation, too. */
export function seesAll() {
  return Boolean(present && (present.mayEverything || present.permissions.length));
}

/**
 * Whether whoever is here may do something, such as `audit:read`, in the organisation that is shown
 * or in the installation; without a name anybody may.
 */
export function may(permission, tenant = organisation()?.id) {
  if (!permission || !present) return !permission;
  if (present.mayEverything || present.permissions.includes(permission)) return true;
  return present.tenants.some(({ id, permissions }) => (!tenant || id === tenant) && permissions.includes(permission));
}

/** Ends the session; `reason` is the key of a text that says why. */
export async function signOut(reason = 'door.out') {
  const isPerson = present?.kind === 'person' && !key();
  if (isPerson && reason === 'door.out') {
    try {
      if (impersonation()) await fetch('/api/v1/impersonation', { method: 'DELETE' });
      await fetch('/api/v1/session', { method: 'DELETE' });
    } catch { /* its end is near anyhow */ }
  }
  keepKey(null);
  present = null;
  sessionStorage.removeItem(chosen);
  dispatchEvent(new CustomEvent('parley:signed-out', { detail: reason }));
}

/** The console does not know this person any more: once is enough to say so. */
export function isGone() {
  // Whoever types something wrong is told at the door.
  if (!isHere() || document.body.classList.contains('door')) return;
  signOut(key() ? 'door.refused' : 'door.ended');
}

/** The organisation whose pages are shown, or null for all of them. */
export function organisation() {
  try { return JSON.parse(sessionStorage.getItem(chosen)); } catch { return null; }
}

function keep(value) {
  if (value) sessionStorage.setItem(chosen, JSON.stringify(value));
  else sessionStorage.removeItem(chosen);
}

/** Shows another organisation, `{ id, name }`, or all of them. */
export function enterOrganisation(value) {
  keep(value);
  dispatchEvent(new CustomEvent('parley:organisation', { detail: value }));
}

let touched = Date.now();
for (const kind of ['pointerdown', 'keydown', 'wheel', 'touchstart']) {
  addEventListener(kind, () => { touched = Date.now(); }, { passive: true, capture: true });
}

/** Whether nobody has touched the page for a while: what it asks by itself is no use of a session. */
export function isUnattended() {
  return Date.now() - touched > 60_000;
}
