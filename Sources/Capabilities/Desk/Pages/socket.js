// The agents' WebSocket: the queue and what changes in it come in, what an agent does goes out.
//
// The page says `hello` with the cursor of the last frame that it took in: what it missed follows, or
// a page of the queue that replaces all. A command carries a `cmdId` by which the console knows it
// again: what was not answered when the line broke is sent again under the same one, and is done once.

import { change, onceKey, path } from '/pages/look/api.js';
import { pauseBefore } from '/pages/look/live.js';

/** A line on which nothing was heard for so long is asked, and given up; in milliseconds. */
const silence = { asked: 25_000, given: 10_000, woken: 4_000 };
/** Not every browser says that the network is back; in milliseconds. */
const offlinePause = 30_000;
/** The handoff stage was slow: the command is asked for again under its own name, in milliseconds. */
const patience = { pause: 3_000, tries: 20 };
/** What is asked for anew after a cut, by whoever wants to know: commands alone are kept. */
const reads = new Set(['read', 'list', 'agents']);

/** What the console did not do, and why. */
export class Refusal extends Error {
  constructor({ because, message, holder = null, code = 'refused', news = [] }) {
    super(because ?? message ?? '');
    this.holder = holder;
    this.code = code;
    /** What the author of a message had not seen. */
    this.news = news;
  }
}

/** The version of the protocol that this speaks, and what it can. */
const protocol = 2;
const features = ['probe'];
/** How often a sign is told again while it holds, in milliseconds: it lives for ten seconds. */
export const signPause = 4_000;

/** The line of one person to the desk of one tenant. */
export class DeskLine {
  /**
   * `heard(messages)` is called with all that answers no request, as it came together, `said(state)` hears of
   * `connecting`, `live`, `waiting` with its `pause`, `offline` and `refused` with its `problem`; `shown()` gives
   * the conversation that is open, if one is.
   */
  constructor({ tenant, heard, said, shown = () => null, Socket }) {
    Object.assign(this, { tenant, heard, said, shown, Socket });
    this.tries = 0;
    /** Where this stands in what changes; null before the first welcome. */
    this.cursor = null;
    this.askedPause = null;
    this.waiting = new Map();
    this.isWanted = false;
    this.isLive = false;
    /** Who came in, as the console says it: `{ agent, name, mayAnswer }`. */
    this.me = null;
    this.listeners = {
      online: () => this.wake(),
      offline: () => this.drop(),
      visibilitychange: () => { if (!document.hidden) this.wake(); },
    };
  }

  /** Begins, and goes on until `end`. */
  begin() {
    this.isWanted = true;
    addEventListener('online', this.listeners.online);
    addEventListener('offline', this.listeners.offline);
    document.addEventListener('visibilitychange', this.listeners.visibilitychange);
    this.connect();
    return this;
  }

  /** Ends it for good. */
  end() {
    this.isWanted = false;
    removeEventListener('online', this.listeners.online);
    removeEventListener('offline', this.listeners.offline);
    document.removeEventListener('visibilitychange', this.listeners.visibilitychange);
    this.leave();
    for (const { reject } of this.waiting.values()) reject(new Refusal({ code: 'ended' }));
    this.waiting.clear();
  }

  /**
   * Asks for something. Gives the console's answer; throws a ``Refusal``. A command waits for the line,
   * a read is refused with the code `cut` where there is none.
   */
  ask(type, fields = {}, ref = onceKey()) {
    return new Promise((resolve, reject) => {
      if (reads.has(type) && !this.isLive) return reject(new Refusal({ code: 'cut' }));
      const request = { type, cmdId: ref, ...fields };
      this.waiting.set(ref, { request, resolve, reject, tries: 0 });
      return this.write(request);
    });
  }

  /** Tells colleagues who look at a conversation that this person writes there, or looks at it; it may be lost. */
  sign(conversation, doing) {
    this.write({ type: 'sign', conversation, doing });
  }

  async connect() {
    clearTimeout(this.retry);
    // One line at a time, also while a ticket is on its way.
    const mine = {};
    this.attempt = mine;
    this.said({ state: 'connecting' });
    let ticket;
    try {
      ticket = await change('POST', path(['tenants', this.tenant, 'desk', 'tickets']));
    } catch (problem) {
      if (this.attempt !== mine || !this.isWanted) return;
      if (problem.passes || problem.status === 0) this.again();
      else this.said({ state: 'refused', problem });
      return;
    }
    if (this.attempt !== mine || !this.isWanted) return;
    this.me = ticket;
    const scheme = location.protocol === 'https:' ? 'wss' : 'ws';
    const Socket = this.Socket ?? WebSocket;
    const socket = new Socket(`${scheme}://${location.host}/api/v1/agent`, ticket.protocols);
    this.socket = socket;
    socket.onopen = () => {
      if (this.socket !== socket) return;
      socket.send(JSON.stringify({
        type: 'hello', protocol, features, cursor: this.cursor ?? undefined, conversation: this.shown() ?? undefined,
      }));
    };
    socket.onmessage = ({ data }) => { if (this.socket === socket) this.read(data); };
    socket.onclose = () => { if (this.socket === socket) this.drop(); };
    this.watch = setTimeout(() => { if (this.socket === socket && !this.isLive) this.drop(); }, silence.given);
  }

  again() {
    if (!this.isWanted) return;
    clearTimeout(this.retry);
    // Without a network nothing is tried: the browser says when there is one again.
    const isOffline = navigator.onLine === false;
    const pause = isOffline ? offlinePause : this.askedPause ?? pauseBefore(this.tries);
    this.askedPause = null;
    this.tries += 1;
    this.said({ state: isOffline ? 'offline' : 'waiting', pause });
    this.retry = setTimeout(() => this.connect(), pause);
  }

  /** Lets go of a line that is of no use any more. */
  leave() {
    clearTimeout(this.retry);
    clearTimeout(this.watch);
    const { socket } = this;
    this.socket = null;
    this.isLive = false;
    this.attempt = null;
    socket?.close(1_000);
  }

  drop() {
    this.leave();
    for (const [ref, { request, reject }] of [...this.waiting]) {
      if (!reads.has(request.type)) continue;
      this.waiting.delete(ref);
      reject(new Refusal({ code: 'cut' }));
    }
    this.again();
  }

  /** The machine slept, or the network is back: nobody waits for a pause to pass. */
  wake() {
    if (!this.isWanted) return;
    if (!this.socket) this.connect();
    else if (this.isLive) this.probe(silence.woken);
  }

  write(message) {
    if (this.isLive && this.socket?.readyState === 1) this.socket.send(JSON.stringify(message));
  }

  read(text) {
    this.listen();
    let message;
    try { message = JSON.parse(text); } catch { return; }
    this.take(message);
    // Only what was taken in is not asked for again.
    this.cursor = message.cursor ?? this.cursor;
  }

  take(message) {
    switch (message.type) {
      case 'welcome': return this.welcomed(message);
      case 'events': return this.heard(message.events);
      // A message is read: that is the answer, whatever timers do in a tab that nobody sees.
      case 'probe': return this.write({ type: 'here' });
      case 'pong': return undefined;
      case 'goodbye':
        this.askedPause = message.retryAfter ? message.retryAfter * 1_000 : null;
        return undefined;
      default:
    }
    const asked = message.cmdId === undefined ? undefined : this.waiting.get(message.cmdId);
    if (asked) this.settle(asked, message);
    else if (message.type !== 'error' && message.cmdId === undefined) this.heard([message]);
    return undefined;
  }

  welcomed(message) {
    this.tries = 0;
    this.isLive = true;
    this.heard([message]);
    this.said({ state: 'live' });
    for (const { request } of this.waiting.values()) this.write(request);
  }

  settle(asked, message) {
    const { request, resolve, reject } = asked;
    if (message.type === 'error' && message.code === 'no_answer' && asked.tries < patience.tries) {
      asked.tries += 1;
      setTimeout(() => { if (this.waiting.has(request.cmdId)) this.write(request); }, patience.pause);
      return;
    }
    this.waiting.delete(request.cmdId);
    if (message.type === 'refused' || message.type === 'error') reject(new Refusal(message));
    else resolve(message);
  }

  /** A line may die without a word: then it is asked, and given up. */
  listen() {
    clearTimeout(this.watch);
    this.watch = setTimeout(() => this.probe(silence.given), silence.asked);
  }

  /** Any answer will do. */
  probe(patience) {
    clearTimeout(this.watch);
    this.write({ type: 'ping' });
    this.watch = setTimeout(() => this.drop(), patience);
  }
}
