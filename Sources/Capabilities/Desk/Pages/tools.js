// What agents do among themselves with a conversation: who gets it, what came of it, who takes it.

import { may, organisation } from '/pages/look/base/session.js';
import { toast, t } from '/pages/look/parts.js';
import { Acting } from './acting.js';
import { openCases } from './cases.js';
import { askOutcome, askParking, askTransfer } from './handing.js';
import { chooseLabels } from './labels.js';
import { askMacro } from './macros.js';
import { phoneOf } from './people.js';
import { parkings } from './routing.js';

/** A conversation with what is done among colleagues; see ``Acting``. */
export class Tools extends Acting {
  /** Whether this person takes conversations from those who have them. */
  get maySupervise() {
    return this.mayAct && may('conversations:supervise', this.desk.tenant);
  }

  get mayClose() {
    return this.mayAct && (this.isMine || this.status === 'queued' || this.standsIn !== undefined);
  }

  /** The colleague who has it, where whoever supervises may end it or give it away in their place. */
  get standsIn() {
    return this.status === 'claimed' && !this.isMine && this.maySupervise ? this.handoff.holder?.id : undefined;
  }

  /** Whether it can be given to somebody: what waits, to another team. */
  get mayTransfer() {
    return this.mayAct && (this.isMine || this.standsIn !== undefined || (this.status === 'queued' && this.desk.routing.queues.length > 1));
  }

  /** Until when it is laid aside. */
  get parkedUntil() {
    return this.isMine ? this.handoff.parkedUntil ?? null : null;
  }

  /** From whom it was taken, where it can be given back. */
  get former() {
    return this.isMine ? this.handoff.returnsTo ?? null : null;
  }

  /** What the menu of the head offers. */
  toolItems() {
    return [
      this.mayAct ? { words: t('desk.note.act'), picture: 'note', keys: ['N'], run: () => this.beginNote(), attributes: { 'data-tool': 'note' } } : null,
      this.mayTransfer ? { words: t('desk.transfer.act'), picture: 'transfer', keys: ['A'], run: () => this.transfer(), attributes: { 'data-tool': 'transfer' } } : null,
      this.isMine ? { words: t(this.parkedUntil ? 'desk.resume' : 'desk.park.act'), picture: 'clock', keys: ['W'], run: () => this.park(), attributes: { 'data-tool': 'park' } } : null,
      this.former ? { words: t('desk.giveBack', { name: this.former.name }), picture: 'undo', keys: ['U'], run: () => this.giveBack(), attributes: { 'data-tool': 'give-back' } } : null,
      this.mayAct ? { words: t('desk.labels.act'), picture: 'tag', keys: ['H'], run: () => this.chooseLabels(), attributes: { 'data-tool': 'labels' } } : null,
      this.isMine ? { words: t('desk.macro.act'), picture: 'play', keys: ['Q'], run: () => this.runMacro(), attributes: { 'data-tool': 'macro' } } : null,
      { words: t('desk.cases.act'), picture: 'book', keys: ['D'], run: () => this.openCases(), attributes: { 'data-tool': 'cases' } },
      this.mayClose ? { words: t('desk.outcome.act'), picture: 'ok', keys: ['F'], run: () => this.finish(), attributes: { 'data-tool': 'finish' } } : null,
    ].filter(Boolean);
  }

  /** What canned replies name, as far as it is known. */
  get cannedValues() {
    const customer = (this.handoff ?? this.listing)?.customer ?? {};
    return {
      'customer.name': customer.name || customer.username, 'customer.phone': phoneOf(customer),
      'agent.name': this.desk.line.me?.name, 'business.name': organisation()?.name,
    };
  }

  /** Takes a note back to where it is written. */
  writeAgain(text) {
    this.desk.drafts.keep(this.conversation, { ...this.desk.drafts.of(this.conversation), note: text, isNote: true });
    this.footMark = null;
    this.isNoting = true;
    this.showFoot();
    this.focusReply();
  }

  async transfer() {
    if (!this.mayTransfer) return;
    const isWaiting = this.status === 'queued';
    let agents = [];
    try {
      if (!isWaiting) ({ agents } = await this.desk.line.ask('agents'));
    } catch (refusal) {
      toast(refusal.message || t('desk.line.waiting'), { bad: true });
      return;
    }
    if (this.isOver || !this.mayTransfer) return;
    const from = this.standsIn;
    askTransfer({
      customer: this.customer, agents: agents.filter(({ id }) => id !== from), isWaiting,
      queues: this.desk.routing.queues.filter(({ id }) => !isWaiting || id !== this.handoff.queue),
      run: async (fields, words) => {
        await this.desk.line.ask('transfer', { conversation: this.conversation, from, ...fields });
        toast(words);
      },
    });
  }

  /** Reads what it bears. */
  async readLabels() {
    try {
      const found = await this.desk.labels.of(this.conversation);
      if (!this.isOver) this.bear(found);
    } catch { /* they are read when they are wanted */ }
  }

  bear(labels) {
    this.labels = labels;
    this.show();
  }

  async mark(label, isOn) {
    this.bear(await this.desk.labels.mark(this.conversation, label.id, isOn));
    this.desk.labelled(this.conversation);
  }

  async chooseLabels() {
    if (!this.mayAct) return;
    try {
      const labels = await this.desk.labels.read();
      this.bear(await this.desk.labels.of(this.conversation));
      if (!this.isOver) chooseLabels({ customer: this.customer, labels, borne: this.labels, mark: (label, isOn) => this.mark(label, isOn) });
    } catch (problem) {
      toast(problem.words ?? problem.message, { bad: true });
    }
  }

  /** Does several things together that the tenant's macros hold. */
  async runMacro() {
    if (!this.isMine || !this.mayAct) return;
    let read;
    try {
      read = await Promise.all([this.desk.macros.read(), this.desk.replies.read(), this.desk.labels.read()]);
    } catch (problem) {
      toast(problem.words ?? problem.message, { bad: true });
      return;
    }
    if (this.isOver || !this.isMine) return;
    const [macros, replies, labels] = read;
    const [epoch, basedOn] = [this.handoff?.epoch, this.seenLine];
    askMacro({
      customer: this.customer, macros, replies, labels, values: this.cannedValues,
      run: (steps, confirmed) => this.desk.line.ask('run', { conversation: this.conversation, steps, epoch, basedOn, ...(confirmed ? { confirmed } : {}) }),
      done: (macro) => {
        toast(t('desk.macro.done', { name: macro.name }));
        this.desk.cards.forget(this.conversation);
        if (!this.isOver) setTimeout(() => { if (!this.isOver) this.readLabels(); }, 1_000);
      },
    });
  }

  /** Shows what the customer came with. */
  async openCases() {
    const [outcomes, labels] = await Promise.all([this.desk.outcomes.read(), this.desk.labels.read().catch(() => [])]);
    if (this.isOver) return;
    openCases({
      tenant: this.desk.tenant, conversation: this.conversation, customer: this.customer, labels, outcomes, mayAct: this.mayAct,
      changed: () => {
        this.desk.cards.forget(this.conversation);
        this.desk.changed();
      },
    });
  }

  /** Closes it, and asks what came of it. */
  async finish() {
    if (!this.mayClose) return;
    const outcomes = await this.desk.outcomes.read();
    if (this.isOver || !this.mayClose) return;
    askOutcome({
      customer: this.customer, outcomes,
      run: async (fields) => {
        await this.desk.line.ask('close', { conversation: this.conversation, from: this.standsIn, ...fields });
        this.closed();
      },
    });
  }

  /** Takes it from the bot, or from the colleague who has it. */
  async takeOver(control) {
    const holder = this.status === 'claimed' && !this.isMine ? this.handoff.holder : null;
    if (!holder) return super.takeOver(control);
    if (!this.maySupervise || !await this.act('takeOver', control, { agent: holder.id }, 'relieve')) return undefined;
    return this.focusReply();
  }

  /** Lays it aside for a while, or takes it up again. */
  async park() {
    if (!this.isMine || !this.mayAct) return;
    if (this.parkedUntil) {
      await this.act('resume');
      return;
    }
    askParking({
      customer: this.customer, times: parkings(),
      run: async (until) => {
        await this.desk.line.ask('park', { conversation: this.conversation, until });
        toast(t('desk.did.park', { name: this.customer }));
      },
    });
  }

  async giveBack(control) {
    const { former } = this;
    if (former && await this.act('returnTo', control)) toast(t('desk.did.transfer', { name: this.customer, to: former.name }));
  }
}
