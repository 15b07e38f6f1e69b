// The desk: who waits, what was said, and what people answer.

import { enterOrganisation, may, organisation, who } from '/pages/look/base/session.js';
import { blank, el, heard, notice, put, t } from '/pages/look/parts.js';
import { addCommands, enter, pageHead, setCount } from '/pages/look/shell.js';
import { cardPane } from './card.js';
import { Labels } from './labels.js';
import { listPane, views } from './list.js';
import { commandOf, Drafts, Pending, refuse } from './pending.js';
import { isSoundOn, play, setSound } from './sound.js';
import { Replies } from './replies.js';
import { CustomerCards } from './customer-card.js';
import { Macros, Outcomes } from './macros.js';
import { outcomes } from './people.js';
import { routingDesk } from './routing.js';
import { DeskLine } from './socket.js';
import { DeskStore } from './store.js';
import { noTalk, Talk } from './talk.js';

let end = () => {};

enter('desk', (page) => {
  const show = () => {
    if (!page.isConnected) return;
    const mine = who().tenants;
    // Whoever has one business alone means that one.
    if (!organisation() && mine.length === 1) return enterOrganisation({ id: mine[0].id, name: mine[0].name || mine[0].id });
    end();
    end = open(page, organisation());
    return undefined;
  };
  addEventListener('parley:organisation', show);
  addEventListener('parley:signed-out', () => end());
  show();
}, { frame: 'rail fixed' });

function open(page, here) {
  if (!here || !may('handoffs:read', here.id)) {
    page.className = 'page';
    put(page, pageHead({ title: t('room.desk'), lead: t('desk.lead') }), here
      ? blank({ picture: 'lock', title: t('shell.closed'), text: t('shell.closedText'), level: 2 })
      : blank({ picture: 'building', title: t('desk.choose'), text: t('desk.chooseText'), level: 2 }));
    return () => {};
  }
  return desk(page, here.id);
}

function desk(page, tenant) {
  const title = document.title;
  const heading = el('h1', { class: 'sr' }, t('room.desk'));
  const refused = el('div', { class: 'desk-refused' });
  let talk = null;
  let isOver = false;

  const store = new DeskStore(tenant, () => soon());
  const line = new DeskLine({ tenant, heard: hearAll, said: (state) => say(state), shown: () => talk?.conversation ?? null });
  const shared = {
    tenant, store, line, pending: new Pending(tenant), drafts: new Drafts(tenant), replies: new Replies(tenant), labels: new Labels(tenant),
    macros: new Macros(tenant), outcomes: new Outcomes(tenant, outcomes), cards: new CustomerCards(tenant, () => soon()),
    back, changed: () => soon(), labelled: (conversation) => {
      shared.cards.forget(conversation);
      list.refilter();
    }, shown: (shown) => { if (shown === talk) card.show(talk); },
  };
  const card = cardPane(shared);
  const routing = routingDesk({ line, rowOf: (id) => store.rows.get(id), open: (id) => choose(id), changed: () => soon() });
  shared.routing = routing;
  const list = listPane({ store, tenant, labels: shared.labels, drafts: shared.drafts, routing, open: choose, more: readMore, chosen: () => talk?.conversation ?? null });
  const place = el('div', { class: 'desk-place' }, noTalk(''));
  page.className = 'desk';
  page.dataset.step = 'list';
  put(page, heading, refused, list.element, place, card.element);
  card.show(null);
  list.show();

  // Many changes at once are shown once.
  let isDue = false;
  function soon() {
    if (isDue || isOver) return;
    isDue = true;
    requestAnimationFrame(() => {
      isDue = false;
      if (!isOver) show();
    });
    // A page that nobody sees is drawn never; its title and counters are right all the same.
    if (document.hidden) setTimeout(() => { if (isDue && !isOver) { isDue = false; show(); } }, 200);
  }

  let rings = false;

  function show() {
    // However much came at once, it is drawn and rung once.
    talk?.letGo();
    if (rings) play();
    rings = false;
    list.show();
    const { waiting } = store.counts;
    const name = talk ? `${talk.customer} · ${title}` : title;
    document.title = waiting ? `(${waiting}) ${name}` : name;
    setCount('desk', waiting, waiting > 0);
    if (!talk) put(place, noTalk(store.isKnown ? t('desk.waiting', { count: waiting }) : ''));
    card.show(talk);
  }

  // What comes in

  function hearAll(messages) {
    talk?.hold();
    for (const message of messages) hear(message);
    soon();
  }

  function hear(message) {
    if (routing.hear(message)) return undefined;
    switch (message.type) {
      case 'welcome':
        store.agent = message.agent;
        store.clocks.read();
        break;
      case 'queue': return first(message);
      case 'updated': {
        const isNew = store.update(message.handoff);
        if (talk?.conversation === message.handoff.conversation) talk.update(message.handoff);
        if (isNew && talk?.conversation !== message.handoff.conversation) rings = true;
        return undefined;
      }
      case 'ended':
        store.end(message.conversation);
        shared.cards.forget(message.conversation);
        if (talk?.conversation === message.conversation) talk.ended();
        if (list.view === 'bot') list.refreshBot();
        return undefined;
      case 'line':
        store.say(message.conversation, message.line);
        if (['agent', 'note'].includes(message.line.speaker) && talk?.conversation !== message.conversation) shared.pending.arrive(message.conversation, message.line);
        if (talk?.conversation === message.conversation) talk.say(message.line);
        return undefined;
      case 'suggestion':
        if (talk?.conversation === message.conversation) talk.suggest(message.suggestion);
        return undefined;
      case 'suggestionEnded':
        if (talk?.conversation === message.conversation) talk.unsuggest(message.end);
        return undefined;
      case 'clockChanged':
        store.clocks.hear(message);
        return undefined;
      case 'delivery':
        if (talk?.conversation === message.conversation) talk.deliver(message.delivery);
        return undefined;
      case 'opened':
        if (talk?.conversation === message.transcript.handoff.conversation) talk.opened(message.transcript);
        return undefined;
      case 'sign':
        if (talk?.conversation === message.conversation) talk.signed(message);
        return undefined;
      default: return undefined;
    }
    return undefined;
  }

  /** A page that comes unasked replaces all: what was read further down is read again, then all is new. */
  async function first(page_) {
    const before = store.rows.size;
    store.take(page_, true);
    while (store.next && store.rows.size < before) {
      if (!await readMore()) break;
    }
    if (talk) {
      const row = store.rows.get(talk.conversation);
      if (row) talk.handoff = row;
      talk.read();
    } else {
      fromAddress();
    }
    sendKept();
  }

  async function readMore() {
    if (!store.next) return false;
    try {
      store.take(await line.ask('list', { cursor: store.next }), false);
      return true;
    } catch {
      // After a cut the first page comes again.
      return false;
    }
  }

  /** What was on its way when the page was left goes on under its own name. */
  let isKeptSent = false;
  function sendKept() {
    if (isKeptSent) return;
    isKeptSent = true;
    for (const each of [...shared.pending.list]) {
      if (each.state !== 'sending') continue;
      line.ask(...commandOf(each), each.ref).then(
        () => { each.state = 'done'; },
        (refusal) => { if (refusal.code !== 'ended') refuse(each, refusal); },
      ).finally(() => {
        shared.pending.keep();
        if (talk?.conversation === each.conversation) talk.read();
      });
    }
  }

  function say({ state, pause, problem }) {
    if (isOver) return;
    put(refused);
    switch (state) {
      case 'live':
        list.line('live', 'ok', t('desk.line.live'));
        talk?.show();
        talk?.presence();
        break;
      case 'connecting':
        if (!store.isKnown) list.line('connecting', 'off', t('desk.line.connecting'));
        break;
      case 'offline': list.line('offline', 'bad', t('desk.line.offline')); break;
      case 'waiting': list.line('waiting', 'warn', t('desk.line.waiting')); break;
      default:
        list.line('refused', 'bad', t('desk.line.refused'));
        put(refused, notice('bad', t('desk.line.refused'), problem?.words ?? ''));
    }
    // The frame says by itself that the device is offline.
    if (state !== 'offline') dispatchEvent(new CustomEvent('parley:live', { detail: { state, pause: pause ?? 1_000 } }));
  }

  // What is open

  function choose(conversation, { isBack = false } = {}) {
    if (talk?.conversation !== conversation) {
      talk?.end();
      const row = store.rows.get(conversation) ?? list.botRow(conversation);
      talk = new Talk(shared, conversation, row);
      put(place, talk.element);
    }
    page.dataset.step = 'talk';
    if (!isBack) history.pushState({ conversation }, '', '#c=' + encodeURIComponent(conversation));
    show();
    talk.toEnd();
    if (matchMedia('(max-width: 45rem)').matches) talk.head.querySelector('[data-act="back"]')?.focus();
  }

  function back() {
    page.dataset.step = 'list';
    talk?.away();
    history.pushState({}, '', location.pathname + location.search);
    list.focus();
  }

  function fromAddress() {
    const wanted = /^#c=(.+)$/.exec(location.hash)?.[1];
    if (wanted) choose(decodeURIComponent(wanted), { isBack: true });
    else page.dataset.step = 'list';
  }

  const commands = addCommands([
    { words: t('desk.key.next'), picture: 'down', keys: ['J'], run: () => list.step(1) },
    { words: t('desk.key.previous'), picture: 'up', keys: ['K'], run: () => list.step(-1) },
    { words: t('desk.key.claim'), picture: 'check', keys: ['C'], run: () => talk?.claim() },
    { words: t('desk.key.takeOver'), picture: 'person', keys: ['T'], run: () => talk?.takeOver() },
    { words: t('desk.key.reply'), picture: 'reply', keys: ['R'], run: () => talk?.reply() },
    { words: t('desk.key.note'), picture: 'note', keys: ['N'], run: () => talk?.beginNote() },
    { words: t('desk.key.edit'), picture: 'suggest', keys: ['E'], run: () => talk?.editSuggestion() },
    { words: t('desk.key.dismiss'), picture: 'x', keys: ['.'], run: () => talk?.dismissSuggestion() },
    { words: t('desk.key.release'), picture: 'queue', keys: ['P'], run: () => talk?.release() },
    { words: t('desk.key.transfer'), picture: 'transfer', keys: ['A'], run: () => talk?.transfer() },
    { words: t('desk.key.giveBack'), picture: 'undo', keys: ['U'], run: () => talk?.giveBack() },
    { words: t('desk.key.finish'), picture: 'ok', keys: ['F'], run: () => talk?.finish() },
    { words: t('desk.key.labels'), picture: 'tag', keys: ['H'], run: () => talk?.chooseLabels() },
    { words: t('desk.key.macro'), picture: 'play', keys: ['Q'], run: () => talk?.runMacro() },
    { words: t('desk.key.cases'), picture: 'book', keys: ['D'], run: () => talk?.openCases() },
    { words: t('desk.key.accept'), picture: 'check', keys: ['Y'], run: () => routing.accept() },
    { words: t('desk.key.decline'), picture: 'x', keys: ['Z'], run: () => routing.decline() },
    { words: t('desk.key.takeNext'), picture: 'down', keys: ['V'], run: () => routing.next() },
    { words: t('desk.key.park'), picture: 'clock', keys: ['W'], run: () => talk?.park() },
    { words: t('desk.key.close'), picture: 'ok', keys: ['X'], run: () => talk?.close() },
    { words: t('desk.key.older'), picture: 'up', keys: ['O'], run: () => talk?.readOlder() },
    { words: t('desk.key.list'), picture: 'list', keys: ['L'], run: () => (matchMedia('(max-width: 45rem)').matches ? back() : list.focus()) },
    { words: t('desk.key.messages'), picture: 'read', keys: ['M'], run: () => talk?.scroll.focus() },
    ...views.map((view, index) => ({ words: t('desk.key.' + view), picture: 'filter', keys: [String(index + 1)], run: () => list.choose(view) })),
    { words: t('desk.key.sound'), picture: 'bell', run: () => setSound(!isSoundOn()) },
  ]);
  const moved = () => { if (!isOver) fromAddress(); };
  const seen = () => {
    if (document.hidden) return talk?.away();
    talk?.looked();
    return talk?.presence();
  };
  addEventListener('popstate', moved);
  document.addEventListener('visibilitychange', seen);
  const leave = () => {
    shared.drafts.flush();
    line.end();
  };
  addEventListener('pagehide', leave);
  const restored = (event) => { if (event.persisted && !isOver) line.begin(); };
  addEventListener('pageshow', restored);
  line.begin();
  shared.drafts.begin(() => soon());

  return () => {
    isOver = true;
    shared.drafts.flush();
    talk?.end();
    routing.end();
    line.end();
    commands();
    removeEventListener('popstate', moved);
    document.removeEventListener('visibilitychange', seen);
    removeEventListener('pagehide', leave);
    removeEventListener('pageshow', restored);
    document.title = title;
    delete page.dataset.step;
  };
}
