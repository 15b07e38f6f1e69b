// The clocks of open conversations: how far each is from when a promise runs out.

import { ask, path } from '/pages/look/api.js';
import { clockMark, nearest } from '/pages/servicelevels/wall/length.js';

/** What runs out within so long is shown though nobody is warned of it, in milliseconds. */
const near = 3_600_000;

/** The clocks of one tenant, as `changed()` is told of them. */
export class Clocks {
  constructor(tenant, changed) {
    Object.assign(this, { tenant, changed });
    this.known = new Map();
  }

  /** Reads all anew: what changed while nobody listened is among them. */
  async read() {
    try {
      const { cases } = await ask(path(['tenants', this.tenant, 'desk', 'clocks']));
      this.known = new Map(cases.map(({ conversation, clocks }) => [conversation, clocks]));
      this.changed();
    } catch { /* the list is whole without them, and the next line reads again */ }
  }

  /** Takes what changed. */
  hear({ conversation, clocks }) {
    if (clocks.length) this.known.set(conversation, clocks);
    else this.known.delete(conversation);
    this.changed();
  }

  /** The clock that is to be shown of a conversation; `null` where there is time enough. */
  of(conversation) {
    const clock = nearest(this.known.get(conversation) ?? []);
    return clock && (clock.level !== 'fine' || clock.due - Date.now() < near) ? clock : null;
  }
}

/** A clock as rows tell whether it is shown otherwise now: it moves by the minute. */
export function clockFacts(clock) {
  return clock ? [clock.clock, clock.due, clock.level, Math.floor((clock.due - Date.now()) / 60_000)] : null;
}

/** The mark of a clock; `null` where none is to be shown. */
export function clockBadge(clock) {
  if (!clock) return null;
  const mark = clockMark(clock);
  mark.dataset.part = 'clock';
  return mark;
}
