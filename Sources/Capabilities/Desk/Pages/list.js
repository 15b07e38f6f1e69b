// The list: the queue, one's own, all that are open, and those with the bot.

import { ask, path } from '/pages/look/api.js';
import { choice, choose as remember } from '/pages/look/base/choices.js';
import {
  avatar, badge, blank, bones, broken, button, clockTime, dayOf, date, duration, el, heard, menuButton, number, put, t,
} from '/pages/look/parts.js';
import { clockBadge, clockFacts } from './clocks.js';
import { inShort, nameOf, outcomeWords, reasonWords } from './people.js';
import { labelFilter, labelMark } from './labels.js';
import { isSoundOn, setSound } from './sound.js';

/** The views, by the key that chooses them. */
export const views = ['open', 'mine', 'queue', 'bot'];
/** How often who is with the bot is read anew while it is looked at, in milliseconds. */
const botPause = 15_000;

/**
 * Makes the pane. `open(conversation, row)` shows one, `more()` reads the next page of the queue. Gives
 * `{ element, show(), view, choose(view), step(by), refreshBot(), focus(), line(state) }`.
 */
export function listPane({ store, tenant, labels, drafts, routing, open, more, chosen }) {
  const state = { view: views.includes(choice('desk.view')) ? choice('desk.view') : views[0], bot: { rows: [], next: null, isKnown: false, problem: null }, isReading: false };
  const scroll = el('div', { class: 'pane-scroll', tabindex: '-1' });
  const counts = Object.fromEntries(views.map((view) => [view, el('span', { class: 'count num' })]));
  const tabs = views.map((view) => el('button', {
    type: 'button', 'aria-pressed': String(view === state.view), 'data-view': view, onclick: () => choose(view),
  }, t('desk.view.' + view), ' ', counts[view]));
  const said = el('span', { class: 'sr', role: 'status', 'data-part': 'counters' });
  const line = el('span', { class: 'state off', role: 'status', 'data-line': 'connecting' }, t('desk.line.connecting'));
  const filter = labelFilter({ labels, changed: () => { show(); readAll(); } });
  const options = menuButton({
    kind: 'quiet', picture: 'dots', label: t('desk.options'), end: true, 'data-act': 'desk-options',
    items: () => [
      { head: t('desk.options') },
      { words: t('desk.sound.on'), isOn: isSoundOn(), run: () => setSound(true), attributes: { 'data-sound': 'on' } },
      { words: t('desk.sound.off'), isOn: !isSoundOn(), run: () => setSound(false), attributes: { 'data-sound': 'off' } },
      ...filter.items(),
      ...routing.items(),
    ],
  });
  const element = el('section', { class: 'pane list', id: 'list', 'aria-label': t('desk.list') },
    el('header', { class: 'pane-head' }, el('h2', { class: 'grow' }, t('room.desk')), routing.status, line, options),
    routing.element,
    el('div', { class: 'segments', role: 'group', 'aria-label': t('desk.views') }, tabs), filter.element, routing.filter, scroll, said);
  const items = new Map();
  const known = new Map();
  let shownWaiting = null;

  function choose(view) {
    if (state.view === view) return;
    state.view = view;
    remember('desk.view', view);
    for (const tab of tabs) tab.setAttribute('aria-pressed', String(tab.dataset.view === view));
    scroll.scrollTop = 0;
    if (view === 'bot') refreshBot();
    show();
  }

  function groups() {
    const all = state.view === 'bot' ? [[null, state.bot.rows.filter((row) => !store.rows.has(row.conversation))]] : store.groups(state.view);
    const holds = (row) => filter.holds(row) && routing.holds(row);
    return filter.isOn || routing.isOn ? all.map(([head, rows]) => [head, rows.filter(holds)]).filter(([head, rows]) => rows.length || !head) : all;
  }

  function show() {
    const { waiting, claimed } = store.counts;
    const numbers = { queue: waiting, mine: store.mine, open: waiting + claimed };
    for (const [view, count] of Object.entries(numbers)) put(counts[view], store.isKnown ? number(count) : '');
    if (store.isKnown && shownWaiting !== waiting) {
      shownWaiting = waiting;
      said.textContent = t('desk.waiting', { count: waiting });
    }
    const had = document.activeElement?.closest?.('[data-conversation]');
    const list = groups();
    const content = list.filter(([, rows]) => rows.length).flatMap(([head, rows]) => group(head, rows));
    const wanted = new Set(list.flatMap(([, rows]) => rows.map((row) => row.conversation)));
    for (const id of [...items.keys()]) if (!wanted.has(id)) items.delete(id);
    settleIn(scroll, [...(content.length ? content : [nothing()]), further()].filter(Boolean));
    settle();
    // The row that had the focus went elsewhere, or is gone: then the first one has it.
    if (had && !had.contains(document.activeElement)) (items.get(had.dataset.conversation)?.querySelector('a') ?? links()[0])?.focus({ preventScroll: true });
  }

  /** The heading and the rows of a group, which stay the same elements. */
  function group(head, rows) {
    const key = head ?? state.view;
    if (!known.has(key)) {
      const count = el('span', { class: 'push num' });
      known.set(key, {
        count, head: el('h3', { class: 'list-label' }, t('desk.group.' + key), count),
        rows: el('ul', { class: 'talks', 'aria-label': t('desk.group.' + key) }),
      });
    }
    const made = known.get(key);
    put(made.count, number(key === 'queue' && !filter.isOn && !routing.isOn ? store.counts.waiting : rows.length));
    settleIn(made.rows, rows.map(item));
    return head ? [made.head, made.rows] : [made.rows];
  }

  function nothing() {
    if (routing.isOn && !filter.isOn) return blank({ picture: 'queue', title: t('desk.queues.noRows'), text: t('desk.queues.noRowsText'), level: 3 });
    if (filter.isOn) return blank({ picture: 'tag', title: t('desk.labels.noRows'), text: t('desk.labels.noRowsText'), level: 3 });
    if (state.view === 'bot') {
      if (state.bot.problem) return broken(state.bot.problem, { level: 3, again: refreshBot });
      if (!state.bot.isKnown) return bones(5);
    } else if (!store.isKnown) return bones(6);
    const picture = { queue: 'ok', mine: 'person', open: 'inbox', bot: 'bot' }[state.view];
    // Those of this view may stand on pages that are still to be read.
    if (store.next && !['bot', 'mine'].includes(state.view)) return null;
    return blank({ picture, title: t(`desk.none.${state.view}`), text: t(`desk.noneText.${state.view}`), level: 3 });
  }

  function further() {
    const next = state.view === 'bot' ? state.bot.next : state.view === 'mine' ? null : store.next;
    if (!next) return null;
    state.more ??= el('div', { class: 'desk-more' }, button(t('desk.more'), { kind: 'small', 'data-act': 'more', act: readMore }));
    return state.more;
  }

  /** What bears a label may stand on pages that are still to be read. */
  async function readAll() {
    while (filter.isOn && state.view !== 'bot' && store.next && !state.isReading && element.isConnected) {
      const before = store.rows.size;
      await readMore();
      if (store.rows.size === before) break;
    }
  }

  async function readMore() {
    if (state.isReading) return;
    state.isReading = true;
    const last = links().at(-1);
    try {
      if (state.view === 'bot') await readBot(state.bot.next);
      else await more();
    } finally {
      state.isReading = false;
      show();
      const all = links();
      all[all.indexOf(last) + 1]?.focus({ preventScroll: true });
    }
  }
  // Whoever scrolls to the end goes on reading.
  scroll.addEventListener('scroll', () => {
    const left = scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight;
    if (left < 200 && scroll.querySelector('[data-act="more"]')) readMore();
  }, { passive: true });

  async function readBot(after) {
    try {
      const page = await ask(path(['tenants', tenant, 'conversations'], { state: 'closed', limit: 50, after }));
      const known = after ? state.bot.rows : [];
      state.bot = {
        rows: [...known, ...page.conversations], next: page.conversations.length < 50 ? null : page.next ?? null, isKnown: true, problem: null,
      };
    } catch (problem) {
      if (!state.bot.isKnown) state.bot.problem = problem;
    }
  }

  async function refreshBot() {
    clearTimeout(state.again);
    if (state.view !== 'bot' || !element.isConnected) return;
    // What was read further down is read anew by whoever goes there.
    if (!document.hidden && scroll.scrollTop < 40 && state.bot.rows.length <= 50) {
      await readBot();
      show();
    }
    state.again = setTimeout(refreshBot, botPause);
  }

  function item(row) {
    const facts = factsOf(row, { store, labels: labels.list, drafts, routing }, chosen() === row.conversation);
    const mark = JSON.stringify(facts);
    const shown = items.get(row.conversation);
    if (shown?.mark === mark) return shown;
    const link = linkOf(row, facts);
    link.addEventListener('click', (event) => {
      if (event.metaKey || event.ctrlKey) return;
      event.preventDefault();
      open(row.conversation);
    });
    if (shown) {
      // The row stays where it is, and keeps the focus.
      const hadFocus = shown.contains(document.activeElement);
      link.tabIndex = shown.firstElementChild.tabIndex;
      put(shown, link);
      if (hadFocus) link.focus({ preventScroll: true });
    }
    const row_ = shown ?? el('li', { 'data-conversation': row.conversation }, link);
    row_.classList.toggle('unread', facts.isUnread);
    row_.mark = mark;
    items.set(row.conversation, row_);
    return row_;
  }

  /** Links in the order in which they stand. */
  function links() {
    return [...scroll.querySelectorAll('.talks > li > a')];
  }

  /** The one stop of the tab key is what is open, or the first. */
  function settle() {
    const all = links();
    const stop = all.find((each) => each === document.activeElement) ?? all.find((each) => each.hasAttribute('aria-current')) ?? all[0];
    for (const each of all) each.tabIndex = each === stop ? 0 : -1;
  }

  scroll.addEventListener('keydown', (event) => {
    const all = links();
    const here = all.indexOf(document.activeElement);
    if (here < 0) return;
    const to = { ArrowDown: here + 1, ArrowUp: here - 1, Home: 0, End: all.length - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    const next = all[Math.max(0, Math.min(all.length - 1, to))];
    next.focus();
    settle();
    if (to >= all.length && scroll.querySelector('[data-act="more"]')) readMore();
  });

  // How long somebody waits goes on by itself.
  setInterval(() => {
    if (!element.isConnected || document.hidden) return;
    show();
    filter.refresh();
  }, 30_000);

  return {
    element, show, choose, refreshBot, refilter: () => filter.refresh(),
    get view() { return state.view; },
    botRow: (id) => state.bot.rows.find((row) => row.conversation === id),
    /** Opens the next one, or the one before. */
    step(by) {
      const all = links();
      const here = all.findIndex((each) => each.hasAttribute('aria-current'));
      const next = all[here < 0 ? (by > 0 ? 0 : all.length - 1) : here + by];
      if (!next) return;
      const { conversation } = next.closest('li').dataset;
      next.click();
      // What is open is marked so: its link is another one now.
      items.get(conversation)?.querySelector('a').focus();
      settle();
    },
    focus() { (links().find((each) => each.tabIndex === 0) ?? links()[0] ?? scroll).focus(); },
    /** Says how the line is. */
    line(name, kind, words) {
      if (line.dataset.line === name) return;
      line.dataset.line = name;
      line.className = `state ${kind}`;
      line.textContent = words;
    },
  };
}

/** A moment as a list shows it: the hour of today, else the day. */
function moment(at) {
  return dayOf(at) === dayOf(Date.now()) ? clockTime(at) : date(at);
}

const holds = { bot: 'bot', queued: 'queue', claimed: 'person' };

/** What a row shows. */
function factsOf(row, { store, labels, drafts, routing }, isOpen) {
  const waits = row.status === 'queued' ? Date.now() - row.waitingSince : null;
  const clock = store.clocks.of(row.conversation);
  return {
    isOpen, status: row.status, who: nameOf(row.customer), isUnread: row.status !== 'bot' && store.isUnread(row),
    words: inShort(row.last) || row.summary || '', by: row.last && row.last.speaker !== 'customer' ? row.last.speaker : null,
    at: row.last?.at ?? row.lastAt ?? row.waitingSince,
    waits: waits === null ? null : waits < 60_000 ? t('desk.waits.now') : t('desk.waits', { length: duration(waits) }),
    late: row.isOverdue ? 'bad' : waits > 300_000 ? 'warn' : '',
    holder: row.status === 'claimed' && !store.isMine(row) ? row.holder?.name ?? '' : null,
    reason: row.status === 'queued' && row.reason ? reasonWords(row.reason) : null, isOptedOut: Boolean(row.optedOutAt),
    queue: row.status === 'queued' && row.queue ? routing.nameOf(row.queue) : null, parked: row.parkedUntil ? moment(row.parkedUntil) : null,
    until: row.takeUpBy ? clockTime(row.takeUpBy) : null, outcome: row.status === 'bot' ? row.outcome ?? null : null,
    clock: clock ? { ...clock, at: clockFacts(clock) } : null,
    labels: (row.labels ?? []).map((id) => labels.find((label) => label.id === id)).filter(Boolean),
    isBegun: !isOpen && drafts.has(row.conversation),
  };
}

function linkOf(row, facts) {
  const hold = holds[row.status];
  const marks = [
    facts.waits ? badge(facts.late, facts.waits, 'clock') : null,
    clockBadge(facts.clock),
    facts.holder === null ? null : badge('', el('bdi', {}, facts.holder), 'person'),
    facts.until ? badge('warn', t('desk.takeUpBy', { when: facts.until }), 'clock') : null,
    facts.parked ? badge('', t('desk.parked', { when: facts.parked }), 'clock') : null,
    facts.queue ? el('span', { class: 'tag', 'data-part': 'queue' }, el('bdi', {}, facts.queue)) : null,
    facts.outcome ? el('span', { class: 'tag', title: facts.outcome.note, 'data-part': 'outcome' }, el('bdi', {}, outcomeWords(facts.outcome.word))) : null,
    facts.reason ? el('span', { class: 'tag' }, facts.reason) : null,
    facts.isOptedOut ? badge('', t('desk.optedOut')) : null,
    facts.isBegun ? badge('', t('desk.draft'), 'edit') : null,
    ...facts.labels.map((label) => labelMark(label)),
  ].filter(Boolean);
  return el('a', {
    href: '#c=' + encodeURIComponent(row.conversation), 'data-hold': hold, 'aria-current': facts.isOpen ? 'true' : null, tabindex: '-1',
  }, el('span', { class: 'hold', role: 'img', 'aria-label': t('desk.hold.' + hold) }), avatar({ text: facts.who.replace(/^\+/, '') }),
  el('div', { class: 'cut' },
    el('div', { class: 'top' }, el('bdi', { class: 'who cut' }, facts.who),
      el('time', { class: 'when', datetime: new Date(facts.at).toISOString() }, moment(facts.at))),
    el('div', { class: 'say' }, facts.by ? el('span', { class: 'desk-by' }, t('desk.short.' + facts.by)) : null,
      el('bdi', { class: 'cut' }, facts.words),
      facts.isUnread ? el('span', { class: 'desk-dot push' }, heard(t('desk.unread'))) : null),
    marks.length ? el('div', { class: 'marks' }, marks) : null));
}

/** Makes an element's children these, and moves nothing that stands where it should. */
function settleIn(parent, nodes) {
  const wanted = new Set(nodes);
  for (const child of [...parent.childNodes]) if (!wanted.has(child)) child.remove();
  let place = parent.firstChild;
  for (const node of nodes) {
    if (node === place) place = place.nextSibling;
    else parent.insertBefore(node, place);
  }
}
