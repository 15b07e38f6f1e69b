// What is on its way to customers: kept in this tab until its line is there, also over a reload.

import { ask, change, path } from '/pages/look/api.js';
import { t } from '/pages/look/parts.js';

const stored = 'parley.desk.pending.';

/** The command of what is on its way, and its fields: a note stays a note, whoever sends it again. */
export function commandOf(each) {
  const { conversation, text, content } = each;
  if (each.isNote) return ['note', { conversation, text }];
  const { epoch, basedOn, isConfirmed: confirmed, suggestion } = each;
  return ['send', { conversation, ...content ? { content } : { text }, epoch, basedOn, confirmed, suggestion }];
}

/** Keeps why something did not go; what came meanwhile stands with it. */
export function refuse(each, refusal) {
  if (refusal.code === 'overtaken') Object.assign(each, { state: 'overtaken', news: refusal.news, because: t('desk.overtaken') });
  else Object.assign(each, { state: 'refused', because: refusal.message });
}

/** What is on its way in the conversations of one tenant, of one agent. */
export class Pending {
  constructor(tenant) {
    this.key = stored + tenant;
    let kept = [];
    try { kept = JSON.parse(sessionStorage.getItem(this.key) ?? '[]'); } catch { /* nothing is kept */ }
    // The bytes of a file do not outlive the page: whether it went, its line tells.
    this.list = kept.filter((each) => !each.file);
  }

  keep() {
    try { sessionStorage.setItem(this.key, JSON.stringify(this.list)); } catch { /* for this page only */ }
  }

  /** Those of a conversation, in the order in which they were sent. */
  of(conversation) {
    return this.list.filter((each) => each.conversation === conversation);
  }

  add(each) {
    this.list.push({ state: 'sending', at: Date.now(), ...each });
    this.keep();
    return this.list.at(-1);
  }

  remove(each) {
    this.list = this.list.filter((other) => other !== each);
    this.keep();
  }

  /** Takes away what a line of the agent's own shows: a long text comes in several. */
  arrive(conversation, line) {
    const plain = (text) => text.replace(/\s+/g, ' ').trim();
    for (const each of this.of(conversation)) {
      if (each.state === 'refused' || each.state === 'overtaken' || line.at < each.at - slack || Boolean(each.isNote) !== (line.speaker === 'note')) continue;
      if (each.template || each.file) {
        const isIt = each.template ? line.content?.kind === 'template' : ['image', 'video', 'audio', 'document', 'sticker'].includes(line.content?.kind);
        if (!isIt) continue;
        this.remove(each);
        return true;
      }
      const rest = plain(each.rest ?? each.text);
      const words = plain(line.text);
      if (!words || !rest.startsWith(words)) continue;
      each.rest = rest.slice(words.length).trim();
      if (each.rest) this.keep();
      else this.remove(each);
      return true;
    }
    return false;
  }
}

/** Clocks differ: a line of before what is sent is none of it; in milliseconds. */
const slack = 60_000;

/** Somebody who stops typing for so long has it kept, in milliseconds. */
const draftPause = 1_500;

/**
 * What this person has begun to write, by conversation: in this tab at once, and at the console soon,
 * so that they go on wherever they are. It stays theirs, whoever has the conversation.
 */
export class Drafts {
  constructor(tenant) {
    this.tenant = tenant;
    this.base = `parley.desk.draft.${tenant}.`;
    this.due = new Map();
    this.sent = new Map();
  }

  /** Reads what was begun elsewhere; what is in this tab is newer. `changed()` is called then. */
  async begin(changed) {
    try {
      const { drafts } = await ask(path(['tenants', this.tenant, 'desk', 'drafts']));
      for (const { conversation, ...draft } of drafts) {
        this.sent.set(conversation, JSON.stringify(draft));
        if (!this.has(conversation)) this.store(conversation, draft);
      }
      changed();
    } catch { /* what is in this tab is there all the same */ }
  }

  /** The draft of a conversation: `{ text, quotes, note, isNote }`, and in this tab the `suggestion` that it was made from. */
  of(conversation) {
    try { return JSON.parse(sessionStorage.getItem(this.base + conversation)) ?? {}; } catch { return {}; }
  }

  has(conversation) {
    const { text, note } = this.of(conversation);
    return Boolean(text || note);
  }

  keep(conversation, draft) {
    this.store(conversation, draft);
    clearTimeout(this.due.get(conversation));
    this.due.set(conversation, setTimeout(() => this.send(conversation), draftPause));
  }

  store(conversation, draft) {
    try {
      if (draft.text || draft.quotes || draft.note || draft.isNote) sessionStorage.setItem(this.base + conversation, JSON.stringify(draft));
      else sessionStorage.removeItem(this.base + conversation);
    } catch { /* for this page only */ }
  }

  /** What waits to be kept is kept now. */
  flush() {
    for (const conversation of [...this.due.keys()]) this.send(conversation);
  }

  async send(conversation) {
    clearTimeout(this.due.get(conversation));
    this.due.delete(conversation);
    const { text, quotes, note, isNote } = this.of(conversation);
    const draft = { ...(text ? { text } : {}), ...(quotes ? { quotes } : {}), ...(note ? { note } : {}), ...(isNote ? { isNote } : {}) };
    const words = JSON.stringify(draft);
    if ((this.sent.get(conversation) ?? '{}') === words) return;
    this.sent.set(conversation, words);
    try {
      await change('PUT', path(['tenants', this.tenant, 'desk', 'conversations', conversation, 'draft']), { body: draft });
    } catch {
      // The next word, or the next visit, keeps it.
      this.sent.delete(conversation);
    }
  }
}
