// The wall: what waits, what is late, what stands still, and who is there; and what was measured.

import { ask, path } from '/pages/look/api.js';
import { may, organisation } from '/pages/look/base/session.js';
import {
  avatar, badge, blank, button, card, el, exactTime, figures, name, number, pageOf, plainTable, put, segments, state, t, table, tabs,
} from '/pages/look/parts.js';
import { enter, pageHead } from '/pages/look/shell.js';
import { nameOf } from '/pages/desk/people.js';
import { deskAddress, WallActs } from './acts.js';
import { clockMark, length } from './length.js';
import { resultsTab } from './results.js';

/** Lengths go on by themselves: they are shown anew so often, in milliseconds. */
const pause = 10_000;
/** What runs out within so long is due soon, in milliseconds. */
const soon = 600_000;
/** Rows of a page: who is there stands below them. */
const rowsShown = 20;
const views = ['all', 'late', 'soon', 'queue', 'stuck'];

enter('wall', (page) => {
  const show = () => { if (page.isConnected) open(page, organisation()); };
  addEventListener('parley:organisation', show);
  show();
}, { words: ['desk'] });

function open(page, here) {
  const head = pageHead({ title: t('room.wall'), lead: t('wall.lead') });
  if (!here) return put(page, head, blank({ picture: 'building', title: t('wall.choose'), text: t('wall.chooseText'), level: 2 }));
  if (!may('conversations:supervise', here.id)) return put(page, head, blank({ picture: 'lock', title: t('shell.closed'), text: t('shell.closedText'), level: 2 }));
  const isResults = location.hash === '#results';
  return put(page, head, tabs(t('room.wall'), [
    { words: t('wall.now'), content: () => nowTab(here.id) },
    { words: t('wall.results'), content: () => resultsTab(here.id) },
  ], { chosen: isResults ? 1 : 0, changed: (index) => history.replaceState(history.state, '', index ? '#results' : location.pathname + location.search) }));
}

function nowTab(tenant) {
  const top = el('div', { class: 'wall-figures', id: 'wall-figures' });
  const agents = el('div', { class: 'table-wrap', id: 'wall-agents' });
  const presence = el('span', { class: 'meta', id: 'wall-here' });
  const chosen = { view: 'all' };
  const acts = may('conversations:answer', tenant) ? new WallActs(tenant, () => cases.refresh()) : null;
  const cases = table({
    label: t('wall.cases'), size: rowsShown, count: 'wall.caseCount', failedTitle: t('wall.broken'),
    id: (row) => row.conversation, name: customer, href: (row) => deskAddress(row.conversation),
    empty: { picture: 'ok', level: 2, title: t('wall.none'), text: t('wall.noneText') },
    acts: [segments(t('wall.view'), views.map((view) => [view, t('wall.view.' + view)]), {
      chosen: chosen.view, changed: (view) => { chosen.view = view; cases.load(); },
    })],
    columns: [
      { head: t('wall.customer'), kind: 'lead', mark: (row) => avatar({ text: customer(row).replace(/^\+/, '') }), cell: (row) => [name(customer(row)), el('span', { class: 'sub' }, ...place(row))] },
      { head: t('wall.unanswered'), cell: (row) => (row.unansweredSince ? since(row.unansweredSince) : el('span', { class: 'soft' }, t('wall.theirTurn'))) },
      { head: t('wall.promises'), cell: clocks },
      { head: t('wall.stuck'), cell: stuckWords },
      {
        head: t('wall.act'), cell: (row) => (acts
          ? el('div', { class: 'wall-acts' }, button(t('wall.takeOver'), { kind: 'small', 'data-act': 'take-over', act: () => acts.takeOver(row) })) : ''),
      },
    ],
    menu: (row) => [
      { words: t('wall.open'), picture: 'inbox', href: deskAddress(row.conversation) },
      ...acts ? [
        { words: t('wall.takeOver'), picture: 'person', run: () => acts.takeOver(row) },
        { words: t('wall.transfer'), picture: 'transfer', run: () => acts.transfer(row, customer(row)) },
        '-',
        { words: t('wall.close'), picture: 'check', danger: true, run: () => acts.close(row, customer(row)) },
      ] : [],
    ],
    live: { room: 'levels', tenant },
    async load({ after, limit, signal } = {}) {
      const wall = await ask(path(['tenants', tenant, 'desk', 'wall']), { signal });
      put(top, summary(wall));
      put(agents, people(wall.agents));
      const here = wall.agents.filter((agent) => agent.isHere).length;
      presence.textContent = `${t('wall.here', { count: here })} · ${t('wall.held', { count: wall.held })}`;
      const rows = rowsOf(wall, chosen.view);
      return pageOf(rows, { after, limit });
    },
  });
  // What is late becomes later while nothing happens.
  setInterval(() => { if (cases.element.isConnected && !document.hidden) cases.refresh(); }, pause);
  cases.load();
  return el('div', { class: 'wall-stack' }, top, cases.element, card({ title: t('wall.agents'), end: presence, wrap: agents }));
}

/** The rows of a view: what stands still is late, too, but by nobody's promise. */
function rowsOf(wall, view) {
  const near = wall.now + soon;
  const stuck = new Set(wall.stuck.map((row) => row.conversation));
  const known = new Set(wall.cases.map((row) => row.conversation));
  const all = [...wall.cases, ...wall.stuck.filter((row) => !known.has(row.conversation))].map((row) => ({ ...row, isStuck: stuck.has(row.conversation) }));
  const holds = {
    all: () => true, late: (row) => row.isBreached, queue: (row) => row.waitingSince,
    soon: (row) => !row.isBreached && row.due && row.due <= near, stuck: (row) => row.isStuck,
  }[view];
  return all.filter(holds);
}

function customer(row) {
  return nameOf(row.customer ?? {});
}

/** Since when something is so, in words that go on. */
function since(moment) {
  const seconds = (Date.now() - moment) / 1_000;
  return el('time', { class: 'wall-since', datetime: new Date(moment).toISOString(), title: exactTime(moment) }, length(seconds));
}

function place(row) {
  if (row.waitingSince) return [t('wall.inQueue'), ' · ', since(row.waitingSince)];
  const who = row.holder === '@phone' ? t('wall.phone') : row.holderName ?? '';
  return [el('bdi', {}, who)];
}

function clocks(row) {
  const running = row.clocks.filter((clock) => clock.isRunning && clock.due).sort((one, other) => one.due - other.due);
  if (!running.length) return el('span', { class: 'soft' }, '–');
  return el('div', { class: 'wall-clocks' }, running.map((clock) => {
    const mark = clockMark(clock);
    return el('span', { class: 'row tight' }, el('span', { class: 'meta' }, t('levels.clock.' + clock.clock)), mark);
  }));
}

function stuckWords(row) {
  if (row.lost) return badge('bad', t('wall.lost', { count: row.lost }), 'bad');
  if (row.isStuck) return badge('warn', t('wall.silent', { length: length((Date.now() - row.quietSince) / 1_000) }), 'clock');
  return el('span', { class: 'soft' }, '–');
}

function summary(wall) {
  const aged = (moment) => (moment ? t('wall.longest', { length: length((wall.now - moment) / 1_000) }) : t('wall.nobody'));
  const list = figures([
    { label: t('wall.waiting'), value: wall.waiting, note: aged(wall.longestWait), id: 'wall-waiting' },
    { label: t('wall.unanswered'), value: wall.unanswered, note: aged(wall.oldestUnanswered), id: 'wall-unanswered' },
    { label: t('wall.late'), value: wall.breached, note: wall.breached ? t('wall.lateNote') : t('wall.lateNone'), id: 'wall-late' },
    { label: t('wall.soon'), value: wall.dueSoon, note: t('wall.soonNote'), id: 'wall-soon' },
  ]);
  list.querySelector('#wall-late').closest('.figure').classList.toggle('is-late', wall.breached > 0);
  return list;
}

function people(agents) {
  if (!agents.length) return blank({ picture: 'users', level: 3, title: t('wall.noAgents'), text: t('wall.noAgentsText') });
  return plainTable(t('wall.agents'), [t('wall.agent'), t('wall.presence'), t('wall.conversations'), t('wall.late'), t('wall.oldest')], agents.map((agent) => [
    name(agent.id === '@phone' ? t('wall.phone') : agent.name), state(agent.isHere ? 'ok' : 'off', t(agent.isHere ? 'wall.isHere' : 'wall.isAway')),
    agent.conversations, agent.breached ? badge('bad', number(agent.breached)) : number(0), agent.oldestUnanswered ? since(agent.oldestUnanswered) : '–',
  ]));
}
