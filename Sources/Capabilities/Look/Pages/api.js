// The console's API, asked with the key that the person typed; it is kept in this tab only.

const stored = 'parley.key';

/** The key, or null. */
export function key() {
  return sessionStorage.getItem(stored);
}

/** Keeps a key for this tab; without one, forgets it. */
export function keepKey(value) {
  if (value) sessionStorage.setItem(stored, value);
  else sessionStorage.removeItem(stored);
}

/** What the console says it cannot do (RFC 9457), or that it cannot be reached. */
export class Problem extends Error {
  constructor(status, code, detail) {
    super(detail);
    this.status = status;
    this.code = code;
  }

  /** Whether the same question may be answered in a moment. */
  get passes() {
    return this.status === 0 || this.status === 503 || this.status === 504;
  }
}

/** The path of an endpoint: parts are escaped, parameters without a value are left out. */
export function path(parts, parameters = {}) {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) {
    if (value !== undefined && value !== null && value !== '') query.set(name, String(value));
  }
  const text = query.toString();
  return '/api/v1/' + parts.map(encodeURIComponent).join('/') + (text ? '?' + text : '');
}

async function send(target, signal) {
  let answer;
  try {
    answer = await fetch(target, {
      headers: { Authorization: 'Bearer ' + key() }, cache: 'no-store', signal,
    });
  } catch (error) {
    if (error.name === 'AbortError') throw error;
    throw new Problem(0, 'unreachable', 'The console cannot be reached.');
  }
  if (answer.ok) return answer;
  let body = {};
  try { body = await answer.json(); } catch { /* no problem of ours: its status tells enough */ }
  throw new Problem(
    answer.status, body.code ?? 'unknown',
    body.detail ?? `Something other than the console answered (status ${answer.status}).`);
}

/** Asks for JSON. Throws a Problem. */
export async function ask(target, { signal } = {}) {
  const answer = await send(target, signal);
  return answer.json();
}

/** Every row of a list that is given page by page. Throws a Problem. */
export async function all(parts, rows) {
  const found = [];
  let after;
  do {
    const page = await ask(path(parts, { after }));
    found.push(...page[rows]);
    after = page.next;
  } while (after);
  return found;
}

/** Saves what an endpoint answers as a file: a link could not carry the key. Throws a Problem. */
export async function save(target, name) {
  const answer = await send(target);
  const url = URL.createObjectURL(await answer.blob());
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
