// Who else is in a conversation: colleagues who look at it, and who write there. Nothing of it is kept.

import { el, icon, put, t } from '/pages/look/parts.js';
import { signPause } from './socket.js';

/** How long somebody is taken to write after the last key, in milliseconds. */
const typingLife = 5_000;

/** The signs of one conversation, this person's own and those of others. */
export class Presences {
  /** `foot()` gives the place in which this person writes. */
  constructor(line, conversation, foot) {
    Object.assign(this, { line, conversation });
    this.others = new Map();
    this.typedAt = 0;
    this.told = null;
    this.toldAt = 0;
    this.element = el('div', { class: 'desk-signs', role: 'status', 'data-part': 'signs' });
    this.typed = (event) => {
      // Notes are for colleagues: nobody waits for them.
      if (event.target.id !== 'reply' || !event.target.value) return;
      this.typedAt = Date.now();
      if (this.told !== 'typing' || Date.now() - this.toldAt >= signPause) this.tell('typing');
    };
    foot().addEventListener('input', this.typed);
    this.again = setInterval(() => this.renew(), signPause);
    this.tell('viewing');
  }

  end() {
    clearInterval(this.again);
    this.tell('left');
  }

  tell(doing) {
    if (doing === 'viewing' && document.hidden) return;
    this.told = doing;
    this.toldAt = Date.now();
    this.line.sign(this.conversation, doing);
  }

  /** A sign is soon over, so that it is told again while it holds. */
  renew() {
    for (const [agent, { until }] of this.others) if (until <= Date.now()) this.others.delete(agent);
    this.show();
    if (document.hidden || this.told === 'left' || !this.element.isConnected) return;
    this.tell(Date.now() - this.typedAt < typingLife ? 'typing' : 'viewing');
  }

  hear({ agent, name, doing, seconds }) {
    if (doing === 'left') this.others.delete(agent);
    else this.others.set(agent, { name, doing, until: Date.now() + seconds * 1_000 });
    this.show();
  }

  show() {
    const all = [...this.others.values()];
    const typing = all.filter(({ doing }) => doing === 'typing').map(({ name }) => name);
    const viewing = all.filter(({ doing }) => doing === 'viewing').map(({ name }) => name);
    const words = typing.length ? said('typing', typing) : viewing.length ? said('viewing', viewing) : '';
    if (this.shown === words) return;
    this.shown = words;
    put(this.element, words ? el('p', { class: 'meta' }, icon(typing.length ? 'edit' : 'eye', 'small'), ' ', el('bdi', {}, words)) : null);
  }
}

function said(doing, names) {
  return names.length === 1 ? t(`desk.sign.${doing}`, { name: names[0] }) : t(`desk.sign.${doing}Some`, { name: names[0] });
}
