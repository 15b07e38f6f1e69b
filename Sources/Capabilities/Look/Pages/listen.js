// The page's one line to the console, and what its parts listen to.

import { change } from './api.js';
import { isHere } from './base/session.js';
import { Live } from './live.js';

const heard = new Set();
let line = null;

/** What is listened to, each once. */
function rooms() {
  const all = new Map();
  for (const { room, tenant } of heard) all.set(`${room}/${tenant ?? ''}`, { room, tenant });
  return [...all.values()];
}

function begin() {
  line = new Live({
    address: `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/api/v1/live`,
    token: async () => (await change('POST', '/api/v1/live/tokens')).token,
    rooms,
    changed: (event) => {
      for (const each of [...heard]) {
        if (each.room === event.room && (!each.tenant || each.tenant === event.tenant)) each.changed(event);
      }
    },
    reset: () => { for (const each of [...heard]) each.reset(); },
  }).begin();
}

/**
 * Listens to a room, of one tenant or of all: `changed(event)` hears of each row, `{ id, kind, version,
 * data, tenant }`, and `reset()`, which is `changed` unless told, has to read anew what is shown. What
 * was read before this was called may be old: read after it. Gives a function that ends it.
 */
export function listen(room, { tenant, changed, reset = changed }) {
  const mine = { room, tenant, changed, reset };
  const isNew = !rooms().some((each) => each.room === room && each.tenant === tenant);
  heard.add(mine);
  if (line && isNew) {
    // Where it is not open to this person nothing is heard of it.
    line.command('subscribe', { room, tenant }).then(() => mine.reset(), () => heard.delete(mine));
  } else if (!line && isHere()) {
    begin();
  }
  return () => {
    heard.delete(mine);
    if (line && !rooms().some((each) => each.room === room && each.tenant === tenant)) {
      line.command('unsubscribe', { room, tenant }).catch(() => { /* it was not open */ });
    }
  };
}

/**
 * Tells of reads that overlap which began last: call it when one begins, and what it gives when its
 * answer is there. What was overtaken is older than what is shown, and would stay.
 */
export function overlaps() {
  let last = 0;
  return () => {
    const own = ++last;
    return () => own === last;
  };
}

function end() {
  line?.end();
  line = null;
  heard.clear();
}

addEventListener('parley:signed-out', end);
// A page that the browser keeps for going back holds no line open.
addEventListener('pagehide', () => { line?.end(); line = null; });
addEventListener('pageshow', (event) => { if (event.persisted && heard.size && isHere() && !line) begin(); });
