// What the desk knows: the open handoffs, who is with the bot, and what was not looked at yet.

import { ask, path } from '/pages/look/api.js';
import { Clocks } from './clocks.js';

/** Conversations of which it is kept when they were last looked at. */
const mostSeen = 1_000;
/** Counts are read anew at most so often, in milliseconds. */
const countPause = 1_500;

/** Whether a state of a handoff is older than the one that is known: what was read may be ahead of what is told. */
export function isOlder(handoff, known) {
  return known?.version !== undefined && handoff.version !== undefined && handoff.version < known.version;
}

/** The desk of one tenant, as `changed()` is told of it. */
export class DeskStore {
  constructor(tenant, changed) {
    Object.assign(this, { tenant, changed });
    this.rows = new Map();
    this.next = null;
    this.edge = Infinity;
    this.counts = { waiting: 0, claimed: 0 };
    this.me = null;
    this.isKnown = false;
    this.clocks = new Clocks(tenant, changed);
  }

  /** Who looks. */
  set agent(id) {
    this.me = id;
    this.key = `parley.desk.seen.${this.tenant}.${id}`;
    try { this.seen = new Map(JSON.parse(localStorage.getItem(this.key) ?? '[]')); } catch { this.seen = new Map(); }
  }

  /** Takes a page of the queue; the first one replaces what was known. */
  take(page, isFirst) {
    if (isFirst) {
      this.rows = new Map();
      this.isKnown = true;
    }
    for (const row of page.handoffs) if (!isOlder(row, this.rows.get(row.conversation))) this.rows.set(row.conversation, row);
    this.next = page.next ?? null;
    this.edge = this.next ? (page.handoffs.at(-1)?.waitingSince ?? this.edge) : Infinity;
    this.counts = { waiting: page.waiting, claimed: page.claimed };
    this.changed();
  }

  /** Whether a handoff is among those that were read: what stands further down comes with its page. */
  isWithin(handoff) {
    return this.rows.has(handoff.conversation) || this.isMine(handoff) || handoff.waitingSince <= this.edge;
  }

  /** Takes what changed; says whether it waits now and did not before. */
  update(handoff) {
    const known = this.rows.get(handoff.conversation);
    if (isOlder(handoff, known)) return false;
    this.count(known?.status, handoff.status, Boolean(known));
    if (this.isWithin(handoff)) this.rows.set(handoff.conversation, { last: known?.last, customerAt: known?.customerAt, ...handoff });
    this.changed();
    return handoff.status === 'queued' && known?.status !== 'queued' && (known !== undefined || !handoff.isOverdue);
  }

  /** A handoff ended. */
  end(conversation) {
    const known = this.rows.get(conversation);
    this.rows.delete(conversation);
    this.count(known?.status, undefined, Boolean(known));
    this.changed();
  }

  /** Something was said. */
  say(conversation, line) {
    const row = this.rows.get(conversation);
    if (!row) return;
    // What says itself that somebody comes says nothing of what is wanted.
    if (line.speaker !== 'system') row.last = { speaker: line.speaker, text: line.text, kind: line.content?.kind, at: line.at };
    if (line.speaker === 'customer') row.customerAt = Math.max(row.customerAt ?? 0, line.at);
    this.changed();
  }

  count(before, after, isCertain) {
    if (before === after) return;
    // Whoever stood on a page that was not read may have been counted already.
    if (!isCertain && (this.next || after === undefined)) return this.recount();
    const names = { queued: 'waiting', claimed: 'claimed' };
    if (before) this.counts[names[before]] = Math.max(0, this.counts[names[before]] - 1);
    if (after) this.counts[names[after]] += 1;
  }

  recount() {
    this.counting ??= setTimeout(async () => {
      try {
        const { waiting, claimed } = await ask(path(['tenants', this.tenant, 'handoffs'], { limit: 1 }));
        this.counts = { waiting, claimed };
        this.changed();
      } catch { /* the next change counts anew */ }
      this.counting = null;
    }, countPause);
  }

  isMine(row) {
    return row.status === 'claimed' && row.holder?.id === this.me;
  }

  /** Whether a customer wrote since this person last looked. */
  isUnread(row) {
    // What a colleague has is theirs to read.
    if (row.status === 'claimed' && !this.isMine(row)) return false;
    // Whoever answered has read it, at whatever device.
    if (row.last?.speaker === 'agent' && row.last.at >= row.customerAt) return false;
    return (row.customerAt ?? 0) > (this.seen?.get(row.conversation) ?? 0);
  }

  /** This person has seen all that a customer wrote until now. */
  look(conversation, at) {
    if (!this.seen || !at || (this.seen.get(conversation) ?? 0) >= at) return;
    this.seen.delete(conversation);
    this.seen.set(conversation, at);
    const kept = [...this.seen].slice(-mostSeen);
    try { localStorage.setItem(this.key, JSON.stringify(kept)); } catch { /* for this visit */ }
    this.changed();
  }

  /** The rows of a view, as they stand in it: `[key of the heading, rows]` each. */
  groups(view) {
    const all = [...this.rows.values()].sort((one, other) => one.waitingSince - other.waitingSince
      || (one.conversation < other.conversation ? -1 : 1));
    const mine = all.filter((row) => this.isMine(row));
    const queue = all.filter((row) => row.status === 'queued');
    if (view === 'mine') return [[null, mine]];
    if (view === 'queue') return [[null, queue]];
    return [['mine', mine], ['queue', queue], ['others', all.filter((row) => row.status === 'claimed' && !this.isMine(row))]]
      .filter(([, rows]) => rows.length);
  }

  /** How many are this person's: they stand first, so all of them are here. */
  get mine() {
    return [...this.rows.values()].filter((row) => this.isMine(row)).length;
  }
}
