// Labels: what conversations bear, and how a list keeps to one of them.

import { ask, change, path } from '/pages/look/api.js';
import { button, el, icon, name, notice, openDialog, put, t } from '/pages/look/parts.js';

/** What was read is good for so long, in milliseconds. */
const fresh = 60_000;

/** The labels of a tenant, and what bears them. */
export class Labels {
  constructor(tenant) {
    Object.assign(this, { tenant, list: [], at: 0 });
  }

  path(...rest) {
    return path(['tenants', this.tenant, 'desk', ...rest]);
  }

  /** Those that are in use. */
  async read() {
    if (Date.now() - this.at < fresh) return this.list;
    const { labels } = await ask(this.path('labels'));
    this.list = labels.filter((label) => !label.isArchived && !label.mergedInto);
    this.at = Date.now();
    return this.list;
  }

  /** Those of a conversation, by name. */
  async of(conversation) {
    const [list, { labels }] = await Promise.all([this.read(), ask(this.path('conversations', conversation, 'labels'))]);
    return list.filter(({ id }) => labels.includes(id));
  }

  /** Marks a conversation, or takes the mark away; gives its labels. */
  async mark(conversation, label, isOn) {
    const { labels } = await change(isOn ? 'PUT' : 'DELETE', this.path('conversations', conversation, 'labels', label));
    return this.list.filter(({ id }) => labels.includes(id));
  }

  /** The conversations that bear one. */
  async conversations(label) {
    const { conversations } = await ask(this.path('labels', label, 'conversations'));
    return new Set(conversations);
  }
}

/** A label as it stands at a conversation; with `remove()` it can be taken away. */
export function labelMark(label, remove) {
  return el('span', { class: 'tag desk-label', 'data-label': label.id }, el('i', { class: `desk-${label.colour}`, 'aria-hidden': 'true' }), name(label.name),
    remove ? el('button', { type: 'button', 'aria-label': t('tag.remove', { name: label.name }), onclick: remove }, icon('x', 'small')) : null);
}

/** Shows all labels with those that a conversation bears; each change is done at once, by `mark(label, isOn)`. */
export async function chooseLabels({ customer, labels, borne, mark }) {
  const wrong = el('div', { role: 'alert' });
  const rows = labels.map((label, index) => {
    const box = el('input', { type: 'checkbox', checked: borne.some(({ id }) => id === label.id), autofocus: index === 0, 'data-label': label.id });
    box.addEventListener('change', async () => {
      put(wrong);
      box.setAttribute('aria-busy', 'true');
      try {
        await mark(label, box.checked);
      } catch (problem) {
        box.checked = !box.checked;
        put(wrong, notice('bad', problem.words ?? problem.message));
      }
      box.removeAttribute('aria-busy');
    });
    return el('label', { class: 'check' }, box, el('span', { class: 'desk-label grow' }, el('i', { class: `desk-${label.colour}`, 'aria-hidden': 'true' }), name(label.name)));
  });
  const dialog = openDialog({
    title: t('desk.labels.title', { name: customer }),
    body: el('div', { class: 'desk-asking' }, labels.length
      ? el('fieldset', { class: 'desk-choose' }, el('legend', { class: 'sr' }, t('desk.labels')), rows) : el('p', { class: 'soft' }, t('desk.labels.none')), wrong),
    foot: [button(t('act.done'), { kind: 'primary', 'data-act': 'done', act: () => dialog.close() })],
  });
  // Enter ends it, as it ends what is asked elsewhere.
  dialog.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter' || !event.target.matches('input')) return;
    event.preventDefault();
    dialog.close();
  });
}

/**
 * Keeps a list to one label. `changed()` is called where it shows something else. Gives `{ element,
 * items(), holds(row), refresh(), isOn }`; what bears it is read anew by `refresh`.
 */
export function labelFilter({ labels, changed }) {
  const element = el('div', { class: 'desk-filter', hidden: true });
  let chosen = null;
  let known = new Set();

  async function choose(label) {
    chosen = label;
    element.hidden = !label;
    put(element, label ? [el('span', { class: 'meta' }, t('desk.labels.only')), labelMark(label, () => choose(null))] : null);
    known = new Set();
    changed();
    await refresh();
  }

  async function refresh() {
    const mine = chosen;
    if (!mine) return;
    try {
      const found = await labels.conversations(mine.id);
      if (chosen !== mine) return;
      known = found;
      changed();
    } catch { /* the next one may be read */ }
  }

  // What the menu offers is there when it opens.
  labels.read().then(() => changed(), () => {});
  return {
    element, refresh, choose,
    get isOn() { return chosen !== null; },
    // What a row says itself is newer than what was read.
    holds: (row) => !chosen || (row.labels ? row.labels.includes(chosen.id) : known.has(row.conversation)),
    items() {
      labels.read().catch(() => {});
      if (!labels.list.length) return [];
      return [{ head: t('desk.labels.filter') }, { words: t('desk.labels.any'), isOn: !chosen, run: () => choose(null), attributes: { 'data-filter': '' } },
        ...labels.list.map((label) => ({ words: name(label.name), isOn: chosen?.id === label.id, run: () => choose(label), attributes: { 'data-filter': label.id } }))];
    },
  };
}
