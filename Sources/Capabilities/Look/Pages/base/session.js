// Who is here, and what they may do. Today that is whoever has the installation's key, who may do
// everything; when people sign in, what is asked here is asked of the API, and no page changes.

const stored = 'parley.key';

/** Who is here: a name or null, and what they may do, where null is everything. */
const present = { name: null, permissions: null };

/** The key, or null. It is kept in this tab only. */
export function key() {
  return sessionStorage.getItem(stored);
}

/** Keeps a key for this tab; without one, forgets it. */
export function keepKey(value) {
  if (value) sessionStorage.setItem(stored, value);
  else sessionStorage.removeItem(stored);
}

/** Whether somebody is signed in. */
export function isHere() {
  return key() !== null;
}

/** The header lines that say who asks. */
export function credentials() {
  return key() ? { Authorization: 'Bearer ' + key() } : {};
}

/** Who is here. */
export function who() {
  return present;
}

/** Takes over what the API says about who is here. */
export function recognise({ name = null, permissions = null }) {
  present.name = name;
  present.permissions = permissions && new Set(permissions);
}

/** Whether whoever is here may do something, such as `audit:read`; without a name anybody may. */
export function may(permission) {
  return !permission || present.permissions === null || present.permissions.has(permission);
}

/** Ends the session in this tab; `reason` is the key of a text that says why. */
export function signOut(reason = 'door.forgotten') {
  keepKey(null);
  sessionStorage.removeItem('parley.organisation');
  dispatchEvent(new CustomEvent('parley:signed-out', { detail: reason }));
}

/** The console does not know this person any more: once is enough to say so. */
export function isGone() {
  // Whoever types a wrong key is told at the door.
  if (!isHere() || document.body.classList.contains('door')) return;
  signOut('door.refused');
}

/** The organisation whose pages are shown, or null for all of them. */
export function organisation() {
  try { return JSON.parse(sessionStorage.getItem('parley.organisation')); } catch { return null; }
}

/** Shows another organisation, `{ id, name }`, or all of them. */
export function enterOrganisation(value) {
  if (value) sessionStorage.setItem('parley.organisation', JSON.stringify(value));
  else sessionStorage.removeItem('parley.organisation');
  dispatchEvent(new CustomEvent('parley:organisation', { detail: value }));
}
