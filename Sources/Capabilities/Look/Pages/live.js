// What changes, as it changes: the one WebSocket of a page.
//
// The page says `hello` with a one-use token, the version of the protocol, and the cursor of the
// last change that it has seen. The console answers `welcome`, then sends the changes after that
// cursor, or `reset` where it does not keep them any more: then the page reads what it shows anew.
// Commands carry an id of their own; one that was not answered is sent again after a cut, and is
// done once. A page names the rooms that it listens to; those of its hello are told again by the
// console where they are not open to it.

/** The version of the protocol that this speaks. */
const protocol = 1;
/** The shortest and the longest pause before connecting again, in milliseconds. */
const pauses = { least: 500, most: 30_000 };
/** A line on which nothing was heard for so long is asked, and given up; in milliseconds. */
const silence = { asked: 30_000, given: 10_000 };
/** The console closes with this where the session has ended: connecting again makes no sense. */
const sessionEnded = 4_001;

/** How long to wait before try number `tries` (from 0): longer each time, and never all at once. */
export function pauseBefore(tries, random = Math.random()) {
  const longest = Math.min(pauses.most, pauses.least * 2 ** Math.min(tries, 10));
  return Math.max(pauses.least, Math.round(longest * (0.5 + random / 2)));
}

/** Whether a row is newer than the one that is known: events may come twice. */
export function isNewer(row, known) {
  return !known || row.version === undefined || known.version === undefined || row.version > known.version;
}

/** The line to the console. */
export class Live {
  /**
   * `address` is the socket's, `token()` gives a one-use token, `changed(event)` is called with each
   * change, `reset()` has to read anew what is shown and may give a promise, `said(state)` hears of
   * `connecting`, `live`, `waiting` and `ended`. `rooms()` gives what is listened to, `{ room, tenant }`
   * each. `Socket` and `cursor` are for tests and for going on where another page left off.
   */
  constructor({ address, token, changed, reset, said = tell, rooms = () => undefined, cursor = null, Socket = WebSocket }) {
    Object.assign(this, { address, token, changed, reset, said, rooms, cursor, Socket });
    this.tries = 0;
    this.waiting = new Map();
    this.features = new Set();
    /** How far the console's clock is ahead of this one, in milliseconds. */
    this.skew = 0;
    this.isWanted = false;
    this.online = () => { if (this.isWanted && !this.socket) this.connect(); };
  }

  /** Begins, and goes on until `end`. */
  begin() {
    this.isWanted = true;
    addEventListener('online', this.online);
    this.connect();
    return this;
  }

  /** Ends it for good. */
  end() {
    this.isWanted = false;
    removeEventListener('online', this.online);
    clearTimeout(this.retry);
    clearTimeout(this.watch);
    const socket = this.socket;
    this.socket = null;
    socket?.close(1_000);
    this.said({ state: 'ended' });
  }

  /** Does something: gives what the console answers, and throws a refusal as it came. */
  command(type, fields = {}) {
    const id = crypto.randomUUID?.() ?? String(Math.random()).slice(2);
    return new Promise((resolve, reject) => {
      this.waiting.set(id, { message: { type, cmdId: id, ...fields }, resolve, reject });
      if (this.isLive) this.write(this.waiting.get(id).message);
    });
  }

  async connect() {
    clearTimeout(this.retry);
    // One line at a time, also while a token is on its way.
    const mine = {};
    this.attempt = mine;
    this.said({ state: 'connecting' });
    let token;
    try {
      token = await this.token();
    } catch (problem) {
      if (this.attempt !== mine || !this.isWanted) return;
      if (problem.status === 401 || problem.status === 403) return this.end();
      return this.again();
    }
    if (this.attempt !== mine || !this.isWanted) return;
    const socket = new this.Socket(this.address);
    this.socket = socket;
    socket.onopen = () => this.write({ type: 'hello', token, protocol, cursor: this.cursor ?? undefined, rooms: this.rooms() });
    socket.onmessage = ({ data }) => { if (this.socket === socket) this.read(data); };
    socket.onclose = ({ code }) => {
      if (this.socket !== socket) return;
      this.socket = null;
      this.isLive = false;
      clearTimeout(this.watch);
      if (code !== sessionEnded) return this.again();
      this.end();
      dispatchEvent(new CustomEvent('parley:session-ended'));
    };
  }

  again() {
    if (!this.isWanted) return;
    const pause = this.askedPause ?? pauseBefore(this.tries);
    this.askedPause = null;
    this.tries += 1;
    this.said({ state: 'waiting', pause });
    this.retry = setTimeout(() => this.connect(), pause);
  }

  write(message) {
    if (this.socket?.readyState === 1) this.socket.send(JSON.stringify(message));
  }

  read(text) {
    this.listen();
    let message;
    try { message = JSON.parse(text); } catch { return; }
    switch (message.type) {
      case 'welcome': return this.welcomed(message);
      case 'reset':
        this.cursor = message.cursor ?? this.cursor;
        return this.reset(message);
      case 'accepted': return this.settle(message, 'resolve');
      case 'refused': return this.settle(message, 'reject');
      case 'goodbye':
        this.askedPause = message.retryAfter ? message.retryAfter * 1_000 : null;
        return undefined;
      case 'pong':
        this.cursor = message.cursor ?? this.cursor;
        return undefined;
      // What is open to nobody here any more says nothing.
      case 'closed': return undefined;
      case 'changes':
        for (const event of message.events) this.changed(event);
        this.cursor = message.cursor ?? this.cursor;
        return undefined;
      default:
        this.changed(message);
        // Only what was taken in is not asked for again.
        this.cursor = message.cursor ?? this.cursor;
        return undefined;
    }
  }

  welcomed({ cursor, features = [], serverTime }) {
    this.tries = 0;
    this.isLive = true;
    this.features = new Set(features);
    this.cursor ??= cursor ?? null;
    if (serverTime) this.skew = new Date(serverTime).getTime() - Date.now();
    this.said({ state: 'live' });
    for (const { message } of this.waiting.values()) this.write(message);
  }

  settle(message, way) {
    const waiting = this.waiting.get(message.cmdId);
    this.waiting.delete(message.cmdId);
    waiting?.[way](message);
  }

  /** A line may die without a word: then it is asked, and given up. */
  listen() {
    clearTimeout(this.watch);
    this.watch = setTimeout(() => {
      if (!this.features.has('ping')) return;
      this.write({ type: 'ping' });
      this.watch = setTimeout(() => {
        const socket = this.socket;
        this.socket = null;
        this.isLive = false;
        socket?.close();
        this.again();
      }, silence.given);
    }, silence.asked);
  }
}

function tell(state) {
  dispatchEvent(new CustomEvent('parley:live', { detail: state }));
}
