// What a person does in a conversation: who has it, and what goes to the customer.

import { onceKey } from '/pages/look/api.js';
import { button, el, notice, put, t, toast } from '/pages/look/parts.js';
import { sendFile } from './files.js';
import { commandOf, refuse } from './pending.js';
import { Transcript } from './transcript.js';

/** A line comes with the answer to what made it; else it is looked for, in milliseconds. */
const linePause = 3_000;

/** A conversation in which somebody acts; who shows it has `show()`, `showFoot()` and places. */
export class Acting extends Transcript {
  // What is done

  /** Gives a command, and says what it did not do. */
  async act(type, control, fields = {}, words = type) {
    control?.setAttribute('aria-busy', 'true');
    this.isBusy = true;
    put(this.said);
    try {
      await this.desk.line.ask(type, { conversation: this.conversation, ...fields });
      return true;
    } catch (refusal) {
      if (!this.isOver) this.refused(refusal, words);
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
    if (this.mayClose && await this.act('close', control, { from: this.standsIn })) this.closed();
  }

  /** Says that it is with the bot again, and how to take that back. */
  closed() {
    toast(t('desk.did.close', { name: this.customer }), { act: { words: t('desk.takeOverAgain'), run: () => this.desk.line.ask('takeOver', { conversation: this.conversation }).catch((refusal) => toast(refusal.message, { bad: true })) } });
  }

  /** Sends words, perhaps as an answer to a line, perhaps made from what the bot would say. */
  send(text, quotes, suggestion) {
    const content = quotes ? { text: { _0: text }, quotes } : undefined;
    if (suggestion && this.suggestion?.id === suggestion) this.suggestion = null;
    this.submit(this.desk.pending.add({ conversation: this.conversation, ref: onceKey(), text, content, suggestion }));
  }

  /** Writes a note for colleagues. */
  writeNote(text) {
    this.submit(this.desk.pending.add({ conversation: this.conversation, ref: onceKey(), text, isNote: true }));
  }

  async submit(each) {
    // What was not seen when it was written is asked about, also where it waited for the line.
    if (!each.isNote && each.epoch === undefined) Object.assign(each, { epoch: this.handoff?.epoch, basedOn: this.seenLine });
    this.desk.pending.keep();
    this.show();
    this.toEnd();
    try {
      await this.desk.line.ask(...commandOf(each), each.ref);
      each.state = 'done';
      // Its line comes with the answer; what came by another way is read.
      setTimeout(() => { if (this.desk.pending.list.includes(each) && !this.isOver) this.read(); }, linePause);
    } catch (refusal) {
      if (refusal.code === 'ended') return undefined;
      refuse(each, refusal);
    }
    this.desk.pending.keep();
    if (!this.isOver) {
      this.show();
      if (each.state === 'overtaken') this.toEnd();
      return undefined;
    }
    // Whoever is elsewhere already is told there.
    if (each.state !== 'done') toast(t('desk.notSentTo', { name: this.customer, why: each.because }), { bad: true });
    return undefined;
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
      setTimeout(() => { if (this.desk.pending.list.includes(each) && !this.isOver) this.read(); }, linePause);
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

  /** Begins a note, whoever has the conversation. */
  beginNote() {
    if (!this.mayAct || !this.isWhole) return;
    if (!this.composer) {
      this.isNoting = true;
      this.showFoot();
    }
    this.composer?.turn(true);
    this.focusReply();
  }

  /** Answers the line that has the focus, or writes. */
  reply() {
    const id = document.activeElement?.closest?.('[data-line]')?.dataset.line;
    const line = this.lines.find((each) => each.id === id);
    if (line && line.speaker !== 'note' && this.composer && !this.isNoting) return this.composer.quote(line);
    if (!this.isNoting) this.composer?.turn(false);
    return this.focusReply();
  }

  editSuggestion() {
    if (!this.isSuggesting || !this.composer || this.isNoting) return;
    this.composer.write(this.suggestion.text, this.suggestion.id);
  }

  sendSuggestion() {
    const { text, id } = this.suggestion;
    this.suggestion = null;
    this.send(text, undefined, id);
    this.focusReply();
  }

  /** Puts what the bot would say aside, for everybody: nobody sees it any more. */
  async dismissSuggestion() {
    if (!this.isSuggesting) return;
    const { id } = this.suggestion;
    this.suggestion = null;
    this.showSuggestion();
    this.focusReply();
    // What became of it instead is read.
    if (id && !await this.act('dismiss', null, { suggestion: id }) && !this.isOver) this.read();
  }
}
