// The list: the queue, one's own, all that are open, and those with the bot.

import { ask, path } from '/pages/look/api.js';
import { choice, choose as remember } from '/pages/look/base/choices.js';
import {
  avatar, badge, blank, bones, broken, button, clockTime, dayOf, date, duration, el, heard, menuButton, number, put, t,
} from '/pages/look/parts.js';
import { inShort, nameOf, reasonWords } from './people.js';
import { isSoundOn, setSound } from './sound.js';

/** The views, by the key that chooses them. */
export const views = ['open', 'mine', 'queue', 'bot'];
/** How often who is with the bot is read anew while it is looked at, in milliseconds. */
const botPause = 15_000;

/**
 * Makes the pane. `open(conversation, row)` shows one, `more()` reads the next page of the queue. Gives
 * `{ element, show(), view, choose(view), step(by), refreshBot(), focus(), line(state) }`.
 */
export function listPane({ store, tenant, open, more, chosen }) {
  const state = { view: views.includes(choice('desk.view')) ? choice('desk.view') : views[0], bot: { rows: [], next: null, isKnown: false, problem: null }, isReading: false };
  const scroll = el('div', { class: 'pane-scroll', tabindex: '-1' });
  const counts = Object.fromEntries(views.map((view) => [view, el('span', { class: 'count num' })]));
  const tabs = views.map((view) => el('button', {
    type: 'button', 'aria-pressed': String(view === state.view), 'data-view': view, onclick: () => choose(view),
  }, t('desk.view.' + view), ' ', counts[view]));
  const said = el('span', { class: 'sr', role: 'status', 'data-part': 'counters' });
  const line = el('span', { class: 'state off', role: 'status', 'data-line': 'connecting' }, t('desk.line.connecting'));
  const options = menuButton({
    kind: 'quiet', picture: 'dots', label: t('desk.options'), end: true, 'data-act': 'desk-options',
    items: () => [
      { head: t('desk.options') },
      { words: t('desk.sound.on'), isOn: isSoundOn(), run: () => setSound(true), attributes: { 'data-sound': 'on' } },
      { words: t('desk.sound.off'), isOn: !isSoundOn(), run: () => setSound(false), attributes: { 'data-sound': 'off' } },
    ],
  });
  const element = el('section', { class: 'pane list', id: 'list', 'aria-label': t('desk.list') },
    el('header', { class: 'pane-head' }, el('h2', { class: 'grow' }, t('room.desk')), line, options),
    el('div', { class: 'segments', role: 'group', 'aria-label': t('desk.views') }, tabs), scroll, said);
  const items = new Map();
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
    if (state.view !== 'bot') return store.groups(state.view);
    return [[null, state.bot.rows.filter((row) => !store.rows.has(row.conversation))]];
  }

  function show() {
    const { waiting, claimed } = store.counts;
    const numbers = { queue: waiting, mine: store.mine, open: waiting + claimed };
    for (const [view, count] of Object.entries(numbers)) put(counts[view], store.isKnown ? number(count) : '');
    if (store.isKnown && shownWaiting !== waiting) {
      shownWaiting = waiting;
      said.textContent = t('desk.waiting', { count: waiting });
    }
    const had = items.get(document.activeElement?.closest?.('[data-conversation]')?.dataset.conversation);
    const place = scroll.scrollTop;
    const list = groups();
    const content = list.flatMap(([head, rows]) => [
      head ? el('h3', { class: 'list-label' }, t('desk.group.' + head), el('span', { class: 'push num' }, number(rows.length))) : null,
      rows.length ? el('ul', { class: 'talks', 'aria-label': t('desk.group.' + (head ?? state.view)) }, rows.map(item)) : null,
    ].filter(Boolean));
    const total = list.reduce((sum, [, rows]) => sum + rows.length, 0);
    put(scroll, total ? content : nothing(), further());
    const wanted = new Set(list.flatMap(([, rows]) => rows.map((row) => row.conversation)));
    for (const id of [...items.keys()]) if (!wanted.has(id)) items.delete(id);
    scroll.scrollTop = place;
    settle();
    if (had?.isConnected) had.querySelector('a').focus({ preventScroll: true });
    // The row that had the focus is gone: its place is kept by the one that now stands there.
    else if (had) links()[0]?.focus({ preventScroll: true });
  }

  function nothing() {
    if (state.view === 'bot') {
      if (state.bot.problem) return broken(state.bot.problem, { level: 3, again: refreshBot });
      if (!state.bot.isKnown) return bones(5);
    } else if (!store.isKnown) return bones(6);
    const picture = { queue: 'ok', mine: 'person', open: 'inbox', bot: 'bot' }[state.view];
    // Those of this view may stand on pages that are still to be read.
    if (store.next && state.view !== 'bot') return null;
    return blank({ picture, title: t(`desk.none.${state.view}`), text: t(`desk.noneText.${state.view}`), level: 3 });
  }

  function further() {
    const next = state.view === 'bot' ? state.bot.next : state.view === 'mine' ? null : store.next;
    if (!next) return null;
    return el('div', { class: 'desk-more' }, button(t('desk.more'), {
      kind: 'small', 'data-act': 'more', 'aria-busy': state.isReading ? 'true' : null, act: readMore,
    }));
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
    const made = itemOf(row, store, chosen() === row.conversation);
    const known = items.get(row.conversation);
    if (known?.dataset.mark === made.mark) return known;
    const fresh = el('li', { class: made.isUnread ? 'unread' : null, 'data-conversation': row.conversation, 'data-mark': made.mark }, made.link);
    made.link.addEventListener('click', (event) => {
      if (event.metaKey || event.ctrlKey) return;
      event.preventDefault();
      open(row.conversation);
    });
    items.set(row.conversation, fresh);
    return fresh;
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
  setInterval(() => { if (element.isConnected && !document.hidden) show(); }, 30_000);

  return {
    element, show, choose, refreshBot,
    get view() { return state.view; },
    botRow: (id) => state.bot.rows.find((row) => row.conversation === id),
    /** Opens the next one, or the one before. */
    step(by) {
      const all = links();
      const here = all.findIndex((each) => each.hasAttribute('aria-current'));
      const next = all[here < 0 ? (by > 0 ? 0 : all.length - 1) : here + by];
      if (!next) return;
      next.click();
      const fresh = items.get(next.closest('li').dataset.conversation)?.querySelector('a') ?? next;
      fresh.focus();
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

function itemOf(row, store, isOpen) {
  const who = nameOf(row.customer);
  const isUnread = row.status !== 'bot' && store.isUnread(row);
  const hold = holds[row.status];
  const words = inShort(row.last) || row.summary || '';
  const ours = row.last && row.last.speaker !== 'customer';
  const at = row.last?.at ?? row.lastAt ?? row.waitingSince;
  const marks = [];
  if (row.status === 'queued') {
    const waits = Date.now() - row.waitingSince;
    marks.push(badge(row.isOverdue ? 'bad' : waits > 300_000 ? 'warn' : '',
      waits < 60_000 ? t('desk.waits.now') : t('desk.waits', { length: duration(waits) }), 'clock'));
  }
  if (row.status === 'claimed' && !store.isMine(row)) marks.push(badge('', el('bdi', {}, row.holder?.name ?? ''), 'person'));
  if (row.reason && row.status === 'queued') marks.push(el('span', { class: 'tag' }, reasonWords(row.reason)));
  if (row.optedOutAt) marks.push(badge('', t('desk.optedOut')));
  if (isUnread) marks.push(el('span', { class: 'desk-dot push' }, heard(t('desk.unread'))));
  const link = el('a', {
    href: '#c=' + encodeURIComponent(row.conversation), 'data-hold': hold, 'aria-current': isOpen ? 'true' : null, tabindex: '-1',
  }, el('span', { class: 'hold', role: 'img', 'aria-label': t('desk.hold.' + hold) }), avatar({ text: who.replace(/^\+/, '') }),
  el('div', { class: 'cut' },
    el('div', { class: 'top' }, el('bdi', { class: 'who cut' }, who), el('time', { class: 'when', datetime: new Date(at).toISOString() }, moment(at))),
    el('div', { class: 'say' }, ours ? el('span', { class: 'desk-by' }, t('desk.short.' + row.last.speaker)) : null,
      el('bdi', { class: 'cut' }, words)),
    marks.length ? el('div', { class: 'marks' }, marks) : null));
  return { link, isUnread, mark: JSON.stringify([row.status, row.holder?.name, words, at, isUnread, isOpen, marks.map((each) => each.textContent), who, ours, row.isOverdue]) };
}
