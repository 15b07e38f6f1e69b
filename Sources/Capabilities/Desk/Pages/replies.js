// Canned replies where they are written: a slash at the beginning opens them, and what is typed
// after it finds one.

import { ask, path } from '/pages/look/api.js';
import { el, freshId, heard, put, t } from '/pages/look/parts.js';
import { plain } from '/pages/look/base/words.js';
import { fill, parts, variables } from './canned.js';

/** What was read is good for so long, in milliseconds. */
const fresh = 60_000;
/** So many are shown at once. */
const mostShown = 8;

/** The canned replies of a tenant, read when somebody first wants one. */
export class Replies {
  constructor(tenant) {
    Object.assign(this, { tenant, list: [], at: 0 });
  }

  /** Those that are in use; what was read before, where they cannot be read now. */
  async read() {
    if (Date.now() - this.at < fresh) return this.list;
    try {
      const { replies } = await ask(path(['tenants', this.tenant, 'desk', 'replies']));
      this.list = replies.filter((reply) => !reply.isArchived);
      this.at = Date.now();
    } catch { /* the next slash reads them */ }
    return this.list;
  }
}

/** Those that a beginning means: by what is typed for them first, then by their title. */
export function matching(list, begun) {
  const wanted = plain(begun);
  const rank = (reply) => (reply.shortcut.startsWith(wanted) ? 0 : plain(reply.title).includes(wanted) ? 1 : 2);
  return list.map((reply) => [rank(reply), reply]).filter(([at]) => at < 2)
    .sort(([one], [other]) => one - other).map(([, reply]) => reply).slice(0, mostShown);
}

/** The variables that still stand in a text. */
export function unfilled(text) {
  return [...new Set(parts(text).map((part) => part.variable).filter((each) => variables.includes(each)))];
}

/**
 * Offers replies over a field. `values()` fills them in, `insert(text)` takes one. Gives `{ element,
 * key(event), look() }`; `key` says whether it took the key.
 */
export function replyPicker({ area, replies, values, insert }) {
  const id = freshId('replies');
  const said = el('span', { class: 'sr', role: 'status' });
  const box = el('ul', { class: 'desk-replies', role: 'listbox', id, 'aria-label': t('desk.canned'), hidden: true });
  const element = el('div', {}, box, said);
  let shown = [];
  let at = 0;
  let dismissed = null;

  function begun() {
    return /^\/(\S*)$/.exec(area.value)?.[1] ?? null;
  }

  async function look() {
    const wanted = begun();
    if (wanted === null || area.value === dismissed) return close();
    dismissed = null;
    const all = await replies.read();
    if (begun() !== wanted) return undefined;
    shown = matching(all, wanted);
    at = 0;
    said.textContent = shown.length ? t('desk.canned.count', { count: shown.length }) : t('desk.canned.none');
    return show();
  }

  function show() {
    box.hidden = false;
    put(box, shown.length ? shown.map((reply, index) => el('li', {
      role: 'option', id: `${id}-${index}`, 'aria-selected': String(index === at),
      // The field keeps the focus.
      onpointerdown: (event) => { event.preventDefault(); take(reply); },
    }, el('span', { class: 'mono' }, '/', reply.shortcut), el('bdi', { class: 'cut' }, reply.title),
    reply.language ? el('span', { class: 'meta mono' }, reply.language) : el('span', {}),
    el('bdi', { class: 'meta cut' }, fill(reply.text, values()).text))) : el('li', { role: 'option', 'aria-disabled': 'true', 'aria-selected': 'false', class: 'none' }, t('desk.canned.none'), heard('.')));
    if (shown.length) area.setAttribute('aria-activedescendant', `${id}-${at}`);
    else area.removeAttribute('aria-activedescendant');
    area.setAttribute('aria-controls', id);
    box.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: 'nearest' });
  }

  function close() {
    if (box.hidden) return;
    box.hidden = true;
    shown = [];
    put(box);
    said.textContent = '';
    area.removeAttribute('aria-activedescendant');
    area.removeAttribute('aria-controls');
  }

  function take(reply) {
    const filled = fill(reply.text, values());
    close();
    insert(filled.text);
  }

  return {
    element, look, close,
    key(event) {
      if (box.hidden || event.isComposing) return false;
      if (event.key === 'Escape') {
        dismissed = area.value;
        close();
      } else if ((event.key === 'ArrowDown' || event.key === 'ArrowUp') && shown.length) {
        at = (at + (event.key === 'ArrowDown' ? 1 : shown.length - 1)) % shown.length;
        show();
      } else if ((event.key === 'Enter' || event.key === 'Tab') && !event.shiftKey && shown[at]) {
        take(shown[at]);
      } else {
        return false;
      }
      event.preventDefault();
      return true;
    },
  };
}
