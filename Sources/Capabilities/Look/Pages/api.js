// The console's API.

import { saveFile } from './base/files.js';
import { credentials, impersonationEnded, isGone, isHere, isUnattended } from './base/session.js';
import { knows, t } from './base/words.js';

/** What the console says it cannot do (RFC 9457), or that it cannot be reached. */
export class Problem extends Error {
  constructor(status, body = {}, { request = null, wait = null } = {}) {
    super(body.detail ?? '');
    this.status = status;
    this.code = body.code ?? 'unknown';
    this.errors = Array.isArray(body.errors) ? body.errors : [];
    /** What to name when asking for help; null where the console gave none. */
    this.request = request;
    /** Seconds until asking again makes sense, or null. */
    this.wait = wait;
  }

  /** Whether the same question may be answered in a moment. */
  get passes() {
    return [0, 429, 502, 503, 504].includes(this.status);
  }

  /** Whether somebody else changed it meanwhile. */
  get isConflict() {
    return this.status === 412 || this.code === 'changed_meanwhile';
  }

  /** A sentence in the person's language, or the console's own where there is none. */
  get words() {
    const key = 'problem.' + this.code;
    if (knows(key)) return t(key);
    return this.message || t('problem.other', { status: this.status });
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

/** Tells whoever shows the state of the line. */
function tell(isReached) {
  dispatchEvent(new CustomEvent('parley:reached', { detail: isReached }));
}

/** Proves again who the person is; the shell says how. */
let prove = null;

/** Says how somebody proves again who they are: `ask()` gives whether they did. */
export function proveBy(ask) {
  prove = ask;
}

/** What a person has to do first, then the request is made again. */
const first = { unproven: 'proof', second_factor_due: 'factor' };

async function exchange(method, target, options = {}) {
  try {
    return await attempt(method, target, options);
  } catch (problem) {
    const what = first[problem.code];
    if (!what || options.plain || !isHere() || !prove || !(await prove(what))) throw problem;
    return attempt(method, target, options);
  }
}

async function attempt(method, target, { body, bytes, signal, version, once } = {}) {
  const headers = { ...credentials() };
  if (isUnattended()) headers['parley-unattended'] = '1';
  if (body !== undefined) headers['Content-Type'] = 'application/json';
  if (bytes) headers['Content-Type'] = 'application/octet-stream';
  if (version) headers['If-Match'] = version;
  // Whatever is made has a name, so that a repeat of the browser's own makes no second one.
  if (once ?? method === 'POST') headers['Idempotency-Key'] = once ?? onceKey();
  let answer;
  try {
    answer = await fetch(target, {
      method, headers, signal, cache: 'no-store',
      body: body === undefined ? bytes : JSON.stringify(body),
    });
  } catch (error) {
    if (error.name === 'AbortError') throw error;
    tell(false);
    throw new Problem(0, { code: 'unreachable' });
  }
  tell(true);
  if (answer.ok) return answer;
  let said = {};
  try { said = await answer.json(); } catch { /* no problem of ours: its status tells enough */ }
  const problem = new Problem(answer.status, said, {
    request: answer.headers.get('X-Request-Id') ?? said.request ?? null,
    wait: Number(answer.headers.get('Retry-After')) || null,
  });
  if (problem.code === 'impersonation_ended') impersonationEnded();
  else if (problem.status === 401) isGone();
  throw problem;
}

/** Asks for JSON. Throws a Problem. */
export async function ask(target, options) {
  return (await exchange('GET', target, options)).json();
}

/** Asks for JSON together with its version (ETag). Throws a Problem. */
export async function askVersioned(target, options) {
  const answer = await exchange('GET', target, options);
  return { value: await answer.json(), version: answer.headers.get('ETag') };
}

/**
 * Changes something. `version` refuses to overwrite what somebody else changed, `once` makes a
 * repeat harmless. Gives the answer's JSON, or null where it has none. Throws a Problem.
 */
export async function change(method, target, options) {
  const answer = await exchange(method, target, options);
  const text = await answer.text();
  return text ? JSON.parse(text) : null;
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
  const answer = await exchange('GET', target);
  saveFile(name, await answer.blob());
}

/** A key that makes one repeated request harmless. */
export function onceKey() {
  return crypto.randomUUID?.() ?? Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
