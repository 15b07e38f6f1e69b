// One conversation as it is shown: its head, what was said, who answers, and what can be done.

import { onceKey } from '/pages/look/api.js';
import {
  avatar, bones, button, clockTime, date, day, dayOf, duration, el, heard, icon, menuButton, put, t, toast,
} from '/pages/look/parts.js';
import { clockBadge, clockFacts } from './clocks.js';
import { composer } from './composer.js';
import { labelMark } from './labels.js';
import { outcomeWords } from './people.js';
import { Presences } from './presences.js';
import { suggestionPane } from './suggestion.js';
import { templatePane } from './template.js';
import { itemsOf, showItems } from './thread.js';
import { Tools } from './tools.js';

/** So near to its end a thread follows what is said, in pixels. */
const nearEnd = 60;

/** The pane of one conversation. */
export class Talk extends Tools {
  constructor(desk, conversation, row) {
    super(desk, conversation, row);
    this.shown = new Map();
    this.thread = el('ol', { class: 'thread' });
    this.top = el('div', { class: 'desk-top' });
    this.scroll = el('div', { class: 'pane-scroll desk-log', role: 'log', tabindex: '0' }, this.top, this.thread);
    this.newer = button(t('desk.newer'), { kind: 'small', picture: 'down', hidden: true, 'data-act': 'newest', act: () => this.toEnd() });
    this.head = el('header', { class: 'pane-head talk-head' });
    this.said = el('div', { class: 'desk-said', role: 'status', 'aria-live': 'polite' });
    this.hint = el('div', { class: 'desk-suggest' });
    this.foot = el('div', { class: 'desk-foot' });
    this.presences = new Presences(desk.line, conversation, () => this.foot);
    this.element = el('section', { class: 'pane talk', 'aria-label': t('desk.conversation') },
      this.head, this.scroll, el('div', { class: 'desk-newer' }, this.newer), this.said, this.presences.element, this.hint, this.foot);
    this.scroll.addEventListener('scroll', () => this.scrolled(), { passive: true });
    this.scroll.addEventListener('keydown', (event) => this.moved(event));
    // Pictures take their place when they come: whoever reads the end goes on reading it.
    this.sizes = new ResizeObserver(() => { if (this.isAtEnd) this.scroll.scrollTop = this.scroll.scrollHeight; });
    this.sizes.observe(this.thread);
    this.sizes.observe(this.scroll);
    this.isAtEnd = true;
    this.showHead();
    this.readLabels();
    this.waiting = setTimeout(() => { if (!this.isWhole) put(this.top, bones(5)); }, 300);
    this.read();
  }

  /** Nothing more is done for it. */
  end() {
    this.isOver = true;
    this.presences.end();
    this.sizes.disconnect();
    clearTimeout(this.again);
    clearTimeout(this.fileRetry);
    clearTimeout(this.waiting);
    clearTimeout(this.windowEnd);
  }

  // What is shown

  /** Much may come at once: it is drawn when it is there. */
  hold() {
    this.isHeld = true;
  }

  letGo() {
    if (!this.isHeld) return;
    this.isHeld = false;
    if (this.isShowDue) {
      if (this.isAtEnd) this.trim();
      this.show();
    }
    if (this.isEndDue) this.toEnd();
    this.isShowDue = false;
    this.isEndDue = false;
    this.looked();
  }

  /** A colleague writes here, or looks at this, too. */
  signed(sign) {
    this.presences.hear(sign);
  }

  /** Says that this person looks at it. */
  presence() {
    this.presences.tell('viewing');
  }

  /** Says that this person looks elsewhere. */
  away() {
    this.presences.tell('left');
  }

  get acts() {
    return {
      mayAct: this.mayAct, isMine: this.isMine, customer: this.customer,
      quote: (line) => this.composer?.quote(line),
      resend: (line, control) => this.resend(line, control),
      template: () => this.template(),
      takeBack: (each) => {
        this.desk.pending.remove(each);
        this.show();
        if (each.isNote) this.writeAgain(each.text);
        else this.composer?.write(each.text, each.suggestion);
      },
      tryAgain: (each) => {
        Object.assign(each, { state: 'sending', ref: onceKey(), at: Date.now(), because: null, epoch: undefined, basedOn: undefined });
        this.submit(each);
      },
      sendAnyway: (each) => {
        Object.assign(each, { state: 'sending', ref: onceKey(), at: Date.now(), because: null, news: undefined, isConfirmed: true });
        this.submit(each);
        this.focusReply();
      },
      discard: (each) => {
        this.desk.pending.remove(each);
        this.show();
      },
    };
  }

  show() {
    if (this.isOver) return;
    if (this.isHeld) {
      this.isShowDue = true;
      return;
    }
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
        : this.heldWords();
    const clock = this.status === 'bot' ? null : this.desk.store.clocks.of(this.conversation);
    const mark = JSON.stringify([clockFacts(clock), customer, words, this.former, this.listing?.outcome, this.labels, this.mayAct, this.isMine, this.status, this.isWindowOpen, this.closes, this.desk.routing.queues.length]);
    if (this.headMark === mark) return;
    this.headMark = mark;
    const hadAct = this.head.contains(document.activeElement) ? document.activeElement.dataset.act : null;
    this.scroll.setAttribute('aria-label', t('desk.messages', { name: customer }));
    put(this.head,
      button(null, { kind: 'quiet desk-back', picture: 'left', label: t('desk.back'), 'data-act': 'back', act: () => this.desk.back() }),
      el('div', { class: 'who' }, el('h2', { class: 'cut' }, el('bdi', {}, customer)),
        el('p', { class: 'meta' }, el('span', { class: 'hold-key' }, el('span', { class: `hold ${hold}` }), el('span', { 'data-part': 'holder' }, words)),
          this.outcomeMark(), clockBadge(clock), this.isMine && this.closes ? el('span', { class: 'wide' }, '· ', this.windowWords()) : null),
        this.labels.length ? el('p', { class: 'desk-labels', 'aria-label': t('desk.labels'), role: 'group' }, this.labels.map((label) => labelMark(label, this.mayAct
          ? () => this.mark(label, false).catch((problem) => toast(problem.words ?? problem.message, { bad: true })) : null))) : null),
      this.headActs());
    if (hadAct) this.head.querySelector(`[data-act="${hadAct}"]`)?.focus();
  }

  headActs() {
    if (!this.mayAct) return [];
    const release = this.isMine ? button(null, { kind: 'quiet wide', picture: 'queue', label: `${t('desk.release')} (P)`, 'data-act': 'release', act: (event) => this.release(event.currentTarget) }) : null;
    const back = this.former ? button(t('desk.giveBackTo'), {
      kind: 'quiet wide', picture: 'undo', title: `${t('desk.giveBack', { name: this.former.name })} (U)`, 'data-act': 'give-back', act: (event) => this.giveBack(event.currentTarget),
    }) : null;
    const resume = this.parkedUntil ? button(t('desk.resume'), { kind: 'quiet wide', picture: 'clock', title: `${t('desk.resume')} (W)`, 'data-act': 'resume', act: () => this.park() }) : null;
    const close = this.mayClose
      ? button(t('desk.close'), { picture: 'check', title: `${t('desk.outcome.act')} (F)`, 'data-act': 'close-handoff', act: () => this.finish() }) : null;
    const menu = menuButton({
      kind: 'quiet', picture: 'dots', label: t('desk.acts'), end: true, 'data-act': 'acts',
      items: () => [
        ...this.toolItems(),
        ...this.isMine ? [
          { words: t('desk.release'), picture: 'queue', keys: ['P'], run: () => this.release() },
          { words: t('desk.template'), picture: 'template', run: () => this.template() },
        ] : [],
        ...this.mayClose ? ['-', { words: t('desk.outcome.none'), picture: 'check', keys: ['X'], run: () => this.close() }] : [],
      ],
    });
    return [back, resume, release, this.toolItems().length ? menu : null, close];
  }

  /** Who has it; and until when whoever was given it has to show themselves. */
  heldWords() {
    const { holder, takeUpBy } = this.handoff;
    const when = takeUpBy ? clockTime(takeUpBy) : null;
    if (this.parkedUntil) {
      const isToday = dayOf(this.parkedUntil) === dayOf(Date.now());
      return t('desk.held.parked', { when: isToday ? clockTime(this.parkedUntil) : `${day(this.parkedUntil)} ${clockTime(this.parkedUntil)}` });
    }
    if (this.isMine) return when ? t('desk.held.youUntil', { when }) : t('desk.held.you');
    return when ? t('desk.held.otherUntil', { name: holder?.name ?? '', when }) : t('desk.held.other', { name: holder?.name ?? '' });
  }

  /** What came of it when it was closed last. */
  outcomeMark() {
    const { outcome } = this.listing ?? {};
    return outcome ? el('span', { class: 'tag', title: outcome.note, 'data-part': 'outcome' }, icon('check', 'small'), el('bdi', {}, outcomeWords(outcome.word))) : null;
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

  /** Whether there is something that the bot would say, and this person is not writing from it. */
  get isSuggesting() {
    const { suggestion } = this;
    if (!suggestion || !this.isMine || !this.mayAct || !this.isWindowOpen) return false;
    return !suggestion.id || this.desk.drafts.of(this.conversation).suggestion !== suggestion.id;
  }

  showSuggestion() {
    const { suggestion } = this;
    const mark = this.isSuggesting ? suggestion.id ?? suggestion.text : null;
    if (this.suggestionMark === mark) return;
    this.suggestionMark = mark;
    put(this.hint, mark === null ? null : suggestionPane({
      suggestion, send: () => this.sendSuggestion(), edit: () => this.editSuggestion(), dismiss: () => this.dismissSuggestion(),
    }));
  }

  showFoot() {
    clearTimeout(this.windowEnd);
    const isOpen = this.isWindowOpen;
    if (this.isMine && isOpen) this.windowEnd = setTimeout(() => this.show(), Math.min(this.closes - Date.now() + 500, 2_147_483_000));
    if (this.isMine && isOpen && this.lines.length && !this.isWhole) return;
    const mark = JSON.stringify([this.status, this.isMine, this.mayAct, isOpen, this.handoff?.holder?.name, this.isChoosing, this.isNoting, this.isWhole]);
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
    if (this.isNoting && !(this.isMine && isOpen && !this.isChoosing)) return this.noteAlone();
    this.isNoting = false;
    const note = button(null, { kind: 'quiet', picture: 'note', label: `${t('desk.note.act')} (N)`, 'data-act': 'note', act: () => this.beginNote() });
    if (this.status === 'bot') {
      return bar('bot', t('desk.bar.bot'), t('desk.bar.botText'), note, button([t('desk.takeOver'), ' ', kbd('T')], { kind: 'primary', id: 'take-over', act: (event) => this.takeOver(event.currentTarget) }));
    }
    if (this.status === 'queued') {
      return bar('queue', t('desk.bar.queue'), this.handoff.summary ? el('bdi', {}, this.handoff.summary) : null, note,
        button([t('desk.claim'), ' ', kbd('C')], { kind: 'primary', id: 'claim', act: (event) => this.claim(event.currentTarget) }));
    }
    if (!this.isMine) {
      return bar('person', t('desk.bar.other', { name: this.handoff.holder?.name ?? '' }), t('desk.bar.otherText'), note,
        this.maySupervise ? button([t('desk.takeOver'), ' ', kbd('T')], { id: 'relieve', act: (event) => this.takeOver(event.currentTarget) }) : null);
    }
    if (!isOpen || this.isChoosing) return this.templates(isOpen);
    this.composer = composer({
      conversation: this.conversation, customer: this.customer, drafts: this.desk.drafts,
      lineOf: (id) => this.lines.find((line) => line.id === id),
      send: (text, quotes, suggestion) => this.send(text, quotes, suggestion), begun: () => this.showSuggestion(), attach: (file, caption) => this.attach(file, caption), template: () => this.template(),
      note: (text) => this.writeNote(text), replies: this.desk.replies, values: () => this.cannedValues,
    });
    return this.composer.element;
  }

  /** Where nobody writes to the customer, a note can be written all the same. */
  noteAlone() {
    this.composer = composer({
      conversation: this.conversation, customer: this.customer, drafts: this.desk.drafts, lineOf: () => null,
      note: (text) => this.writeNote(text),
      cancel: () => {
        this.isNoting = false;
        this.showFoot();
      },
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
    if (this.isHeld) {
      this.isEndDue = true;
      return;
    }
    this.scroll.scrollTop = this.scroll.scrollHeight;
  }

  /** What stands at the end of the thread was seen. */
  looked() {
    if (this.isHeld || document.hidden || !this.isAtEnd || !this.isWhole) return;
    this.seenLine = this.lines.at(-1)?.id;
    this.desk.store.look(this.conversation, this.customerAt);
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
