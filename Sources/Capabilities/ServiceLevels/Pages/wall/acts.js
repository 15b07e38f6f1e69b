// What who supervises does from the wall: by the agents' socket, which is opened for it and closed
// a while after.

import { askTransfer } from '/pages/desk/handing.js';
import { DeskLine } from '/pages/desk/socket.js';
import { confirmEffects, t, toast } from '/pages/look/parts.js';

/** So long after the last act the line is closed, in milliseconds. */
const pause = 15_000;

/** What a supervisor does in one tenant; `changed()` is told after each act. */
export class WallActs {
  constructor(tenant, changed) {
    Object.assign(this, { tenant, changed });
    addEventListener('pagehide', () => this.end());
  }

  end() {
    clearTimeout(this.timer);
    this.line?.end();
    this.line = null;
  }

  /** Asks the desk for something. Throws a `Refusal`. */
  async ask(type, fields) {
    clearTimeout(this.timer);
    this.line ??= new DeskLine({
      tenant: this.tenant, heard: (message) => { if (message.type === 'welcome') this.me = message.agent; },
      said: ({ state }) => { if (state === 'refused') this.end(); },
    }).begin();
    try {
      await this.live();
      return await this.line.ask(type, fields);
    } finally {
      this.timer = setTimeout(() => this.end(), pause);
    }
  }

  /** Reads need a line that is open already. */
  async live() {
    const { line } = this;
    for (let tries = 0; line && !line.isLive && this.line === line && tries < 100; tries += 1) {
      await new Promise((resolve) => { setTimeout(resolve, 100); });
    }
    if (!this.line) throw new Error(t('wall.refused'));
  }

  /** Makes the conversation this person's: from the queue, or from the colleague who has it. */
  async take({ conversation, holder }) {
    if (holder && holder !== this.me) await this.ask('takeOver', { conversation, agent: holder });
    else if (!holder) await this.ask('claim', { conversation });
  }

  async takeOver(row) {
    try {
      // Whoever has it already goes there.
      if (!this.me) await this.ask('agents', {});
      await this.take(row);
      location.href = deskAddress(row.conversation);
    } catch (refusal) {
      toast(refusal.message, { bad: true });
      this.changed();
    }
  }

  async transfer(row, name) {
    try {
      const { agents } = await this.ask('agents', {});
      askTransfer({
        customer: name, agents,
        run: async (fields, said) => {
          await this.take(row);
          await this.ask('transfer', { conversation: row.conversation, ...fields });
          toast(said);
          this.changed();
        },
      });
    } catch (refusal) {
      toast(refusal.message, { bad: true });
    }
  }

  close(row, name) {
    return confirmEffects({
      title: t('wall.closeTitle', { name }), act: t('wall.close'),
      effects: [t('wall.closeBot'), row.holderName ? t('wall.closeHolder', { name: row.holderName }) : t('wall.closeQueue')],
      run: async () => {
        if (!this.me) await this.ask('agents', {});
        // Whoever waits in the queue is nobody's: anybody may close it.
        if (row.holder) await this.take(row);
        await this.ask('close', { conversation: row.conversation });
        toast(t('wall.closed', { name }));
        this.changed();
      },
    });
  }
}

/** Where a conversation stands in the desk. */
export function deskAddress(conversation) {
  return '/pages/desk/#c=' + encodeURIComponent(conversation);
}
