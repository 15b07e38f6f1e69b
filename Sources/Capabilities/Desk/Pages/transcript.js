// What was said in one conversation: read from its end, followed as it goes on, complete after a cut.

import { ask, path } from '/pages/look/api.js';
import { broken, put, t, toast } from '/pages/look/parts.js';
import { nameOf } from './people.js';
import { isOlder } from './store.js';

/** How long WhatsApp lets anything go after a customer's message, less a minute; in milliseconds. */
const windowLength = 24 * 3_600_000 - 60_000;
/** WhatsApp's code for a message that came after that. */
const windowClosed = 131_047;
/** How often a conversation with the bot is read anew while it is looked at, in milliseconds. */
const botPause = 4_000;
/** Files come a moment after their lines: they are looked for again, in milliseconds. */
const filePauses = [1_000, 2_500, 6_000, 15_000, 30_000];
/** Lines that are shown at once, and that stay where there were more. */
const [mostLines, keptLines] = [600, 300];
/** Pages that are read to close the gap of a broken line; what is older comes on demand. */
const mostGap = 8;

/** What is known of one conversation; who shows it has `show()`, `toEnd()`, `looked()` and places. */
export class Transcript {
  /**
   * `desk` is what all panes share: `{ tenant, store, line, pending, drafts, back(), changed() }`;
   * `row` what the list knows of it, if it does.
   */
  constructor(desk, conversation, row) {
    Object.assign(this, { desk, conversation });
    this.handoff = row?.status && row.status !== 'bot' ? row : null;
    this.listing = row?.status === 'bot' ? row : null;
    this.lines = [];
    this.older = null;
    this.suggestion = null;
    this.events = [];
    this.labels = [];
    this.reports = new Map();
    this.isOver = false;
    this.isWhole = false;
    this.fileTries = 0;
  }

  get customer() {
    return nameOf((this.handoff ?? this.listing)?.customer);
  }

  get status() {
    return this.handoff?.status ?? 'bot';
  }

  get isMine() {
    return Boolean(this.handoff && this.desk.store.isMine(this.handoff));
  }

  get mayAct() {
    return Boolean(this.desk.line.me?.mayAnswer);
  }

  /** When the customer last wrote. */
  get customerAt() {
    const last = this.lines.findLast((line) => line.speaker === 'customer')?.at ?? 0;
    return Math.max(last, this.handoff?.customerAt ?? 0);
  }

  /** When WhatsApp's window closes; null where the customer never wrote. */
  get closes() {
    return this.customerAt ? this.customerAt + windowLength : null;
  }

  get isWindowOpen() {
    return this.closes !== null && Date.now() < this.closes && !this.isFoundClosed;
  }

  /** Whether WhatsApp itself said so since: its word overrules the clock. */
  get isFoundClosed() {
    return this.lines.some((line) => line.at > this.customerAt && line.deliveryCode === windowClosed);
  }

  // What is read

  /** Reads the newest lines; after a cut, all that were missed. */
  async read() {
    if (this.isOver) return;
    const mine = {};
    this.reading = mine;
    clearTimeout(this.again);
    try {
      const found = this.status === 'bot' ? await this.readAny() : await this.readHandoff();
      if (this.isOver || this.reading !== mine) return;
      this.take(found);
    } catch (problem) {
      if (this.isOver || this.reading !== mine) return;
      // It is read anew once the line is there.
      if (problem.code === 'cut') return;
      if (!this.isWhole) {
        clearTimeout(this.waiting);
        put(this.top, broken(problem.status === undefined ? { words: problem.message } : problem, { level: 3, again: () => this.read() }));
      }
    }
    if (this.status === 'bot' && !this.isOver) this.again = setTimeout(() => this.look(), botPause);
  }

  /** A conversation with the bot is told of to nobody: it is looked at again and again. */
  look() {
    if (this.isOver || this.status !== 'bot') return;
    if (document.hidden || !this.element.isConnected) this.again = setTimeout(() => this.look(), botPause);
    else this.read();
  }

  async readHandoff(cursor) {
    try {
      const { transcript } = await this.desk.line.ask('read', { conversation: this.conversation, cursor });
      return { handoff: transcript.handoff, lines: transcript.lines, suggestion: transcript.suggestion ?? null, older: transcript.next ?? null, isNews: true };
    } catch (refusal) {
      // It ended meanwhile: it is read as those with the bot are.
      if (refusal.code !== 'refused') throw refusal;
      this.handoff = null;
      return this.readAny();
    }
  }

  async readAny(before) {
    const target = path(['tenants', this.desk.tenant, 'conversations', this.conversation], { limit: 100, before });
    const page = await ask(target);
    if (before === undefined && page.conversation.status !== 'bot' && this.desk.line.isLive) {
      return this.readHandoff();
    }
    return { listing: page.conversation, lines: page.lines, suggestion: null, older: page.older ?? null, isNews: false };
  }

  /** What the console tells unasked where it tells all anew. */
  opened({ handoff, lines, suggestion, next }) {
    this.take({ handoff, lines, suggestion: suggestion ?? null, older: next ?? null, isNews: true });
  }

  /** Lets go of what is far above, where very much came: it can be read again. */
  trim() {
    if (!this.isNews || this.lines.length <= mostLines) return;
    this.lines = this.lines.slice(-keptLines);
    this.older = this.lines[0].id;
  }

  /** Takes what was read: what is known stays, and nothing between is missing. */
  async take(found) {
    const isFirst = !this.isWhole;
    if (found.handoff) {
      this.handoff = found.handoff;
      this.desk.store.rows.get(this.conversation) && this.desk.store.update(found.handoff);
    } else {
      this.handoff = null;
      this.listing = found.listing;
    }
    let { lines, older } = found;
    if (this.lines.length && lines.length && this.isNews === found.isNews) {
      const known = new Set(this.lines.map(({ id }) => id));
      let overlap = lines.findIndex(({ id }) => known.has(id));
      for (let pages = 0; overlap < 0 && older && pages < mostGap; pages += 1) {
        let page;
        try { page = found.isNews ? await this.readHandoff(older) : await this.readAny(older); } catch { break; }
        if (this.isOver) return;
        lines = [...page.lines, ...lines];
        older = page.older;
        overlap = lines.findIndex(({ id }) => known.has(id));
      }
      if (overlap >= 0) {
        const at = this.lines.findIndex(({ id }) => id === lines[overlap].id);
        lines = [...this.lines.slice(0, at), ...lines.slice(overlap)];
        older = this.older;
      }
    }
    this.isNews = found.isNews;
    this.lines = lines;
    this.older = older;
    this.suggestion = found.suggestion;
    this.isWhole = true;
    clearTimeout(this.waiting);
    for (const line of this.lines) {
      this.report(line);
      this.desk.pending.arrive(this.conversation, line);
    }
    this.dropDone();
    this.show();
    if (isFirst) this.toEnd();
    this.seeFiles();
    this.looked();
  }

  /** Reads what was said before, and stays where the reader is. */
  async readOlder() {
    if (!this.older || this.isReadingOlder || this.isOver) return;
    this.isReadingOlder = true;
    this.showTop();
    try {
      const page = this.isNews ? await this.readHandoff(this.older) : await this.readAny(this.older);
      if (this.isOver) return;
      const known = new Set(this.lines.map(({ id }) => id));
      this.lines = [...page.lines.filter(({ id }) => !known.has(id)), ...this.lines];
      this.older = page.older;
    } catch (problem) {
      if (problem.code !== 'cut') toast(problem.words ?? problem.message, { bad: true });
    } finally {
      this.isReadingOlder = false;
      if (!this.isOver) this.show();
    }
  }

  /** Looks again for files that were still being fetched. */
  seeFiles() {
    const isComing = this.lines.slice(-20).some(({ content, at }) => content?.media && !content.blob && !content.problem && Date.now() - at < 120_000);
    if (!isComing || this.fileTries >= filePauses.length) return;
    clearTimeout(this.fileRetry);
    this.fileRetry = setTimeout(() => this.read(), filePauses[this.fileTries]);
    this.fileTries += 1;
  }

  // What happens meanwhile

  /** The handoff is new or changed. */
  update(handoff) {
    const before = this.handoff;
    if (isOlder(handoff, before)) return;
    this.handoff = { customerAt: before?.customerAt, ...handoff };
    if (!before) {
      // Until now it was the bot's.
      this.isNews = undefined;
      this.read();
    } else if (before.status !== handoff.status || before.holder?.id !== handoff.holder?.id) {
      this.happened(handoff);
    }
    this.show();
  }

  happened(handoff) {
    const isMine = this.desk.store.isMine(handoff);
    const event = handoff.status === 'claimed' && handoff.takeUpBy
      ? { kind: 'given', hold: 'person', words: isMine ? t('desk.event.youWereGiven') : t('desk.event.given', { name: handoff.holder?.name ?? '' }) }
      : handoff.status === 'claimed' ? { kind: 'claimed', hold: 'person', words: isMine ? t('desk.event.youClaimed') : t('desk.event.claimed', { name: handoff.holder?.name ?? '' }) }
      : { kind: 'released', hold: 'queue', words: t('desk.event.released') };
    this.note(event);
  }

  /** Keeps what happened after what was said until now: clocks of others do not move it. */
  note(event) {
    this.events.push({ at: Date.now(), after: this.lines.at(-1)?.id, more: '', ...event });
  }

  /** The handoff ended: the bot answers again. */
  ended() {
    if (!this.handoff) return;
    this.listing = { conversation: this.conversation, customer: this.handoff.customer, status: 'bot' };
    this.handoff = null;
    this.suggestion = null;
    this.note({ kind: 'ended', hold: 'bot', words: t('desk.event.ended') });
    this.show();
    this.again = setTimeout(() => this.look(), botPause);
  }

  /** Whether a line is here: it may be read and told. */
  knows(id) {
    if (this.knownOf !== this.lines || this.known.size !== this.lines.length) {
      this.knownOf = this.lines;
      this.known = new Set(this.lines.map((line) => line.id));
    }
    return this.known.has(id);
  }

  /** Something was said. */
  say(line) {
    if (!this.isWhole || this.knows(line.id)) return;
    this.lines.push(this.report(line));
    this.known.add(line.id);
    if (line.speaker === 'agent' || line.speaker === 'note') this.desk.pending.arrive(this.conversation, line);
    // What a person said makes what the bot would have said old.
    if (line.speaker === 'agent' || line.speaker === 'owner') this.suggestion = null;
    if (line.content?.media) {
      this.fileTries = 0;
      this.seeFiles();
    }
    this.show();
    if (this.isAtEnd || line.speaker === 'agent') this.toEnd();
    else this.newer.hidden = false;
    this.looked();
  }

  suggest(suggestion) {
    this.suggestion = suggestion;
    this.show();
  }

  /** A suggestion is one no more, for anybody. */
  unsuggest({ suggestion }) {
    if (this.suggestion?.id !== suggestion) return;
    this.suggestion = null;
    this.show();
  }

  /** What became of a message; it may come before its line. */
  deliver(report) {
    this.reports.set(report.message, report);
    const line = this.lines.find(({ id }) => id === report.message);
    if (!line) return;
    this.report(line);
    this.show();
  }

  report(line) {
    const report = this.reports.get(line.id);
    if (!report) return line;
    this.reports.delete(line.id);
    line.delivery = report.state;
    line.deliveryDetail = report.detail;
    line.deliveryCode = report.code;
    line.remedy = report.remedy;
    line.choices = report.choices;
    return line;
  }
}
