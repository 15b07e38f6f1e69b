// One conversation: what was said, who answers, and what can be done.

import { ask, onceKey, path } from '/pages/look/api.js';
import {
  avatar, bones, broken, button, clockTime, date, day, dayOf, duration, el, heard, icon, menuButton, notice, put, t, toast,
} from '/pages/look/parts.js';
import { composer } from './composer.js';
import { sendFile } from './files.js';
import { nameOf } from './people.js';
import { isDismissed, suggestionPane } from './suggestion.js';
import { templatePane } from './template.js';
import { itemsOf, showItems } from './thread.js';

/** How long WhatsApp lets anything go after a customer's message, less a minute; in milliseconds. */
const windowLength = 24 * 3_600_000 - 60_000;
/** WhatsApp's code for a message that came after that. */
const windowClosed = 131_047;
/** How often a conversation with the bot is read anew while it is looked at, in milliseconds. */
const botPause = 4_000;
/** Files come a moment after their lines: they are looked for again, in milliseconds. */
const filePauses = [1_000, 2_500, 6_000, 15_000, 30_000];
/** So near to its end a thread follows what is said, in pixels. */
const nearEnd = 60;
/** Pages that are read to close the gap of a broken line; what is older comes on demand. */
const mostGap = 8;

/** The pane of one conversation. */
export class Talk {
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
    this.shown = new Map();
    this.reports = new Map();
    this.isOver = false;
    this.isWhole = false;
    this.fileTries = 0;
    this.thread = el('ol', { class: 'thread' });
    this.top = el('div', { class: 'desk-top' });
    this.scroll = el('div', { class: 'pane-scroll desk-log', role: 'log', tabindex: '0' }, this.top, this.thread);
    this.newer = button(t('desk.newer'), { kind: 'small', picture: 'down', hidden: true, 'data-act': 'newest', act: () => this.toEnd() });
    this.head = el('header', { class: 'pane-head talk-head' });
    this.said = el('div', { class: 'desk-said', role: 'status', 'aria-live': 'polite' });
    this.hint = el('div', { class: 'desk-suggest' });
    this.foot = el('div', { class: 'desk-foot' });
    this.element = el('section', { class: 'pane talk', 'aria-label': t('desk.conversation') },
      this.head, this.scroll, el('div', { class: 'desk-newer' }, this.newer), this.said, this.hint, this.foot);
    this.scroll.addEventListener('scroll', () => this.scrolled(), { passive: true });
    this.scroll.addEventListener('keydown', (event) => this.moved(event));
    // Pictures take their place when they come: whoever reads the end goes on reading it.
    this.sizes = new ResizeObserver(() => { if (this.isAtEnd) this.scroll.scrollTop = this.scroll.scrollHeight; });
    this.sizes.observe(this.thread);
    this.sizes.observe(this.scroll);
    this.isAtEnd = true;
    this.showHead();
    this.waiting = setTimeout(() => { if (!this.isWhole) put(this.top, bones(5)); }, 300);
    this.read();
  }

  /** Nothing more is done for it. */
  end() {
    this.isOver = true;
    this.sizes.disconnect();
    clearTimeout(this.again);
    clearTimeout(this.fileRetry);
    clearTimeout(this.waiting);
    clearTimeout(this.windowEnd);
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
    const event = handoff.status === 'claimed'
      ? { kind: 'claimed', hold: 'person', words: isMine ? t('desk.event.youClaimed') : t('desk.event.claimed', { name: handoff.holder?.name ?? '' }) }
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

  /** Something was said. */
  say(line) {
    if (!this.isWhole || this.lines.some(({ id }) => id === line.id)) return;
    this.lines.push(this.report(line));
    if (line.speaker === 'agent') this.desk.pending.arrive(this.conversation, line);
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

  // What is done

  /** Gives a command, and says what it did not do. */
  async act(type, control) {
    control?.setAttribute('aria-busy', 'true');
    this.isBusy = true;
    put(this.said);
    try {
      await this.desk.line.ask(type, { conversation: this.conversation });
      return true;
    } catch (refusal) {
      if (!this.isOver) this.refused(refusal, type);
      return false;
    } finally {
      this.isBusy = false;
      control?.removeAttribute('aria-busy');
      if (!this.isOver) this.showFoot();
    }
  }

  refused(refusal, type) {
    const isLost = refusal.holder && (type === 'claim' || type === 'takeOver');
    put(this.said, notice('warn', isLost ? t('desk.lost', { name: refusal.holder }) : t('desk.refused.' + type),
      isLost ? t('desk.lostText') : el('bdi', {}, refusal.message),
      button(null, { kind: 'quiet small', picture: 'x', label: t('act.close'), act: () => put(this.said) })));
  }

  async claim(control) {
    if (this.status === 'queued' && await this.act('claim', control)) this.focusReply();
  }

  async takeOver(control) {
    if (this.status !== 'bot') return;
    if (!await this.act('takeOver', control)) return;
    await this.read();
    this.focusReply();
  }

  async release(control) {
    if (this.isMine && await this.act('release', control)) toast(t('desk.did.release', { name: this.customer }));
  }

  async close(control) {
    const mayClose = this.isMine || this.status === 'queued';
    if (!mayClose || !await this.act('close', control)) return;
    toast(t('desk.did.close', { name: this.customer }), { act: { words: t('desk.takeOverAgain'), run: () => this.desk.line.ask('takeOver', { conversation: this.conversation }).catch((refusal) => toast(refusal.message, { bad: true })) } });
  }

  /** Sends words, perhaps as an answer to a line. */
  send(text, quotes) {
    const content = quotes ? { text: { _0: text }, quotes } : undefined;
    this.submit(this.desk.pending.add({ conversation: this.conversation, ref: onceKey(), text, content }));
  }

  async submit(each) {
    this.show();
    this.toEnd();
    const fields = each.content ? { content: each.content } : { text: each.text };
    try {
      await this.desk.line.ask('send', { conversation: this.conversation, ...fields }, each.ref);
      each.state = 'done';
      // Its line comes with the answer; what came by another way is read.
      setTimeout(() => { if (this.desk.pending.list.includes(each) && !this.isOver) this.read(); }, 3_000);
    } catch (refusal) {
      if (refusal.code === 'ended') return;
      Object.assign(each, { state: 'refused', because: refusal.message });
    }
    this.desk.pending.keep();
    if (this.isOver) this.desk.changed();
    else this.show();
  }

  /** What was done and stands in the transcript is not on its way any more. */
  dropDone() {
    for (const each of this.desk.pending.of(this.conversation)) if (each.state === 'done') this.desk.pending.remove(each);
  }

  async attach(file, caption) {
    const each = this.desk.pending.add({ conversation: this.conversation, ref: onceKey(), text: caption ?? '', file: file.name });
    this.show();
    this.toEnd();
    try {
      await sendFile({ tenant: this.desk.tenant, conversation: this.conversation, file, caption, once: each.ref });
      each.state = 'done';
      setTimeout(() => { if (this.desk.pending.list.includes(each) && !this.isOver) this.read(); }, 3_000);
    } catch (problem) {
      Object.assign(each, { state: 'refused', because: problem.words ?? problem.message });
    }
    this.desk.pending.keep();
    if (!this.isOver) this.show();
  }

  async resend(line, control) {
    control?.setAttribute('aria-busy', 'true');
    try {
      await this.desk.line.ask('resend', { conversation: this.conversation, line: line.id });
      line.choices = undefined;
      await this.read();
    } catch (refusal) {
      toast(refusal.message, { bad: true });
    }
    control?.removeAttribute('aria-busy');
  }

  template(isForced = true) {
    this.isChoosing = isForced;
    this.showFoot();
    this.foot.querySelector('select, button')?.focus();
  }

  focusReply() {
    this.composer?.focus();
  }

  /** Answers the line that has the focus, or writes. */
  reply() {
    const id = document.activeElement?.closest?.('[data-line]')?.dataset.line;
    const line = this.lines.find((each) => each.id === id);
    if (line && this.composer) this.composer.quote(line);
    else this.focusReply();
  }

  editSuggestion() {
    if (!this.suggestion || !this.composer) return;
    this.composer.write(this.suggestion.text);
    this.suggestion = null;
    this.show();
  }

  // What is shown

  get acts() {
    return {
      mayAct: this.mayAct, isMine: this.isMine, customer: this.customer,
      quote: (line) => this.composer?.quote(line),
      resend: (line, control) => this.resend(line, control),
      template: () => this.template(),
      takeBack: (each) => {
        this.desk.pending.remove(each);
        this.show();
        this.composer?.write(each.text);
      },
      tryAgain: (each) => {
        Object.assign(each, { state: 'sending', ref: onceKey(), at: Date.now(), because: null });
        this.submit(each);
      },
      discard: (each) => {
        this.desk.pending.remove(each);
        this.show();
      },
    };
  }

  show() {
    if (this.isOver) return;
    // From the end it is as far as before: what comes above moves nothing that is read.
    const fromEnd = this.scroll.scrollHeight - this.scroll.scrollTop;
    const isAbove = this.first !== this.lines[0]?.id;
    this.first = this.lines[0]?.id;
    this.showHead();
    this.showTop();
    showItems(this.thread, itemsOf({
      lines: this.lines, pending: this.desk.pending.of(this.conversation), events: this.events, handoff: this.handoff,
      at: { tenant: this.desk.tenant, conversation: this.conversation }, acts: this.acts, me: this.desk.line.me,
    }), this.shown);
    if (this.isAtEnd) this.scroll.scrollTop = this.scroll.scrollHeight;
    else if (isAbove) this.scroll.scrollTop = this.scroll.scrollHeight - fromEnd;
    this.showSuggestion();
    this.showFoot();
    this.desk.shown(this);
  }

  showHead() {
    const { handoff, customer } = this;
    const hold = { bot: 'bot', queued: 'queue', claimed: 'person' }[this.status];
    const words = this.status === 'bot' ? t('desk.held.bot')
      : this.status === 'queued' ? t('desk.held.queue', { length: duration(Math.max(1_000, Date.now() - handoff.waitingSince)) })
        : this.isMine ? t('desk.held.you') : t('desk.held.other', { name: handoff.holder?.name ?? '' });
    const mark = JSON.stringify([customer, words, this.mayAct, this.isMine, this.status, this.isWindowOpen, this.closes]);
    if (this.headMark === mark) return;
    this.headMark = mark;
    const hadAct = this.head.contains(document.activeElement) ? document.activeElement.dataset.act : null;
    this.scroll.setAttribute('aria-label', t('desk.messages', { name: customer }));
    put(this.head,
      button(null, { kind: 'quiet desk-back', picture: 'left', label: t('desk.back'), 'data-act': 'back', act: () => this.desk.back() }),
      el('div', { class: 'who' }, el('h2', { class: 'cut' }, el('bdi', {}, customer)),
        el('p', { class: 'meta' }, el('span', { class: 'hold-key' }, el('span', { class: `hold ${hold}` }), el('span', { 'data-part': 'holder' }, words)),
          this.isMine && this.closes ? el('span', { class: 'wide' }, '· ', this.windowWords()) : null)),
      this.headActs());
    if (hadAct) this.head.querySelector(`[data-act="${hadAct}"]`)?.focus();
  }

  headActs() {
    if (!this.mayAct) return [];
    const release = this.isMine ? button(null, { kind: 'quiet wide', picture: 'queue', label: `${t('desk.release')} (P)`, 'data-act': 'release', act: (event) => this.release(event.currentTarget) }) : null;
    const close = this.isMine || this.status === 'queued'
      ? button(t('desk.close'), { picture: 'check', title: `${t('desk.close')} (X)`, 'data-act': 'close-handoff', act: (event) => this.close(event.currentTarget) }) : null;
    const menu = this.isMine ? menuButton({
      kind: 'quiet desk-narrow', picture: 'dots', label: t('desk.acts'), end: true, 'data-act': 'acts',
      items: () => [
        { words: t('desk.release'), picture: 'queue', keys: ['P'], run: () => this.release() },
        { words: t('desk.template'), picture: 'template', run: () => this.template() },
      ],
    }) : null;
    return [release, menu, close];
  }

  windowWords() {
    if (!this.isWindowOpen) return t('desk.window.closed');
    const when = dayOf(this.closes) === dayOf(Date.now()) ? clockTime(this.closes) : `${day(this.closes)} ${clockTime(this.closes)}`;
    return t('desk.window.closes', { when });
  }

  showTop() {
    if (!this.isWhole) return;
    put(this.top, this.older ? button(t('desk.older'), {
      kind: 'small quiet', picture: 'up', 'data-act': 'older', 'aria-busy': this.isReadingOlder ? 'true' : null, act: () => this.readOlder(),
    }) : this.lines.length ? el('p', { class: 'meta' }, t('desk.beginning')) : el('p', { class: 'meta' }, t('desk.nothingSaid')));
  }

  showSuggestion() {
    const { suggestion } = this;
    const isShown = suggestion && this.isMine && this.mayAct && this.isWindowOpen && !isDismissed(this.conversation, suggestion);
    if (this.suggestionMark === (isShown ? suggestion.text : null)) return;
    this.suggestionMark = isShown ? suggestion.text : null;
    put(this.hint, isShown ? suggestionPane({
      conversation: this.conversation, suggestion,
      send: (text) => {
        this.suggestion = null;
        this.send(text);
        this.focusReply();
      },
      edit: () => this.editSuggestion(),
      gone: () => {
        this.suggestion = null;
        this.showSuggestion();
        this.focusReply();
      },
    }) : null);
  }

  showFoot() {
    clearTimeout(this.windowEnd);
    const isOpen = this.isWindowOpen;
    if (this.isMine && isOpen) this.windowEnd = setTimeout(() => this.show(), Math.min(this.closes - Date.now() + 500, 2_147_483_000));
    if (this.isMine && isOpen && this.lines.length && !this.isWhole) return;
    const mark = JSON.stringify([this.status, this.isMine, this.mayAct, isOpen, this.handoff?.holder?.name, this.isChoosing, this.isWhole]);
    if (this.footMark === mark) return;
    this.footMark = mark;
    const had = this.foot.contains(document.activeElement);
    this.composer = null;
    put(this.foot, this.footOf(isOpen));
    if (had) (this.composer ? this.composer.focus() : this.foot.querySelector('button, select, input')?.focus());
  }

  footOf(isOpen) {
    if (!this.isWhole) return null;
    if (!this.mayAct) return bar('eye', t('desk.looksOn'), t('desk.looksOnText'));
    if (this.status === 'bot') {
      return bar('bot', t('desk.bar.bot'), t('desk.bar.botText'), button([t('desk.takeOver'), ' ', kbd('T')], { kind: 'primary', id: 'take-over', act: (event) => this.takeOver(event.currentTarget) }));
    }
    if (this.status === 'queued') {
      return bar('queue', t('desk.bar.queue'), this.handoff.summary ? el('bdi', {}, this.handoff.summary) : null,
        button([t('desk.claim'), ' ', kbd('C')], { kind: 'primary', id: 'claim', act: (event) => this.claim(event.currentTarget) }));
    }
    if (!this.isMine) return bar('person', t('desk.bar.other', { name: this.handoff.holder?.name ?? '' }), t('desk.bar.otherText'));
    if (!isOpen || this.isChoosing) return this.templates(isOpen);
    this.composer = composer({
      conversation: this.conversation, customer: this.customer, drafts: this.desk.drafts,
      lineOf: (id) => this.lines.find((line) => line.id === id),
      send: (text, quotes) => this.send(text, quotes), attach: (file, caption) => this.attach(file, caption), template: () => this.template(),
    });
    return this.composer.element;
  }

  templates(isOpen) {
    const draft = this.desk.drafts.of(this.conversation).text;
    return templatePane({
      tenant: this.desk.tenant, customer: this.customer,
      why: isOpen ? null : {
        title: !this.closes ? t('desk.closed.never') : this.isFoundClosed ? t('desk.closed.found')
          : t('desk.closed.title', { when: `${date(this.closes)} ${clockTime(this.closes)}` }),
        text: t(draft ? 'desk.closed.textDraft' : 'desk.closed.text', { name: this.customer }),
      },
      cancel: isOpen ? () => this.template(false) : null,
      send: (content, words) => {
        this.submit(this.desk.pending.add({ conversation: this.conversation, ref: onceKey(), text: words, template: content.template.name, content }));
        this.isChoosing = false;
        this.footMark = null;
        this.showFoot();
      },
    });
  }

  // Where the reader is

  scrolled() {
    const { scrollTop, scrollHeight, clientHeight } = this.scroll;
    this.isAtEnd = scrollHeight - scrollTop - clientHeight < nearEnd;
    if (this.isAtEnd) {
      this.newer.hidden = true;
      this.looked();
    }
    if (scrollTop < 80 && this.isWhole && !this.isAtEnd) this.readOlder();
  }

  toEnd() {
    this.isAtEnd = true;
    this.newer.hidden = true;
    this.scroll.scrollTop = this.scroll.scrollHeight;
  }

  /** What stands at the end of the thread was seen. */
  looked() {
    if (!document.hidden && this.isAtEnd && this.isWhole) this.desk.store.look(this.conversation, this.customerAt);
  }

  /** Arrows go from line to line; the thread is one stop of the tab key. */
  moved(event) {
    const isLine = document.activeElement?.matches?.('.thread > li');
    if (event.target !== this.scroll && !isLine) return;
    const all = [...this.thread.querySelectorAll(':scope > li[data-line]')];
    const here = all.indexOf(document.activeElement);
    const to = { ArrowUp: here < 0 ? all.length - 1 : here - 1, ArrowDown: here < 0 ? all.length - 1 : here + 1, Home: 0, End: all.length - 1 }[event.key];
    if (event.key === 'Enter' && here >= 0) {
      event.preventDefault();
      this.reply();
    } else if (to !== undefined && all.length) {
      event.preventDefault();
      if (to < 0) this.readOlder();
      all[Math.max(0, Math.min(all.length - 1, to))].focus();
    }
  }
}

function kbd(key) {
  return el('kbd', { 'aria-hidden': 'true' }, key);
}

/** What stands where nobody writes, and why. */
function bar(picture, title, text, ...acts) {
  return el('div', { class: 'desk-bar' }, icon(picture), el('div', { class: 'grow' }, el('strong', {}, title), text ? el('p', { class: 'soft' }, text) : null), acts);
}

/** What stands where no conversation is open. */
export function noTalk(counts) {
  return el('section', { class: 'pane talk', 'aria-label': t('desk.conversation') }, el('div', { class: 'desk-empty' },
    avatar({ picture: 'inbox', kind: 'large' }), el('h2', {}, t('desk.pick')), el('p', { class: 'soft' }, counts),
    el('p', { class: 'meta' }, el('span', { class: 'keys' }, el('kbd', {}, 'J'), el('kbd', {}, 'K')), ' ', t('desk.pickKeys'), heard('.'))));
}
