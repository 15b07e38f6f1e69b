// The thread: what was said, day by day, in order, each once. What is the same stays where it is.

import { button, clockTime, day, dayOf, el, exactTime, heard, icon, put, t } from '/pages/look/parts.js';
import { bodyOf } from './content.js';
import { inShort, reasonWords, wordsOf } from './people.js';

/** Kinds of lines that change another line instead of standing for themselves. */
const changes = new Set(['reaction', 'edit', 'revoke']);
/** So many of the lines that came meanwhile stand with what they overtook. */
const mostNews = 3;
/** What stands where the author took a message back. */
const takenBack = '[taken back]';

const ticks = {
  none: ['clock', ''], accepted: ['check', ''], sent: ['check', ''], delivered: ['checks', ''], read: ['read', 'read'],
  failed: ['bad', 'is-bad'], dropped: ['bad', 'is-bad'], unknown: ['help', 'is-warn'], held: ['clock', 'is-warn'],
};

/**
 * What is to stand in a thread, in order: `{ key, mark, make() }` each. `lines` are as the console
 * gives them, `pending` what is on its way there, `events` what happened meanwhile.
 */
export function itemsOf({ lines, pending, events, handoff, at, acts, me }) {
  const known = new Map(lines.map((line) => [line.id, line]));
  const changed = changesOf(lines, known);
  const list = [];
  let lastDay = null;
  let before = null;
  let hold = 'bot';
  const marks = events.filter(({ after }) => !known.has(after));
  const noted = new Map();
  for (const event of events) if (known.has(event.after)) noted.set(event.after, [...(noted.get(event.after) ?? []), event]);
  // What was taken over never waited.
  if (handoff?.waitingSince && handoff.reason && handoff.reason !== 'takenOver') {
    marks.push({ at: handoff.waitingSince, hold: 'queue', kind: 'queued', words: t('desk.event.queued'), more: reasonWords(handoff.reason) });
  }
  marks.sort((one, other) => one.at - other.at);
  const pass = (until) => {
    while (marks.length && marks[0].at <= until) {
      const event = marks.shift();
      if (!lines.length || event.at < lines[0].at) continue;
      hold = event.hold;
      list.push(sysItem(event));
      before = null;
    }
  };
  const happen = (line) => {
    for (const event of noted.get(line.id) ?? []) {
      hold = event.hold;
      list.push(sysItem(event));
      before = null;
    }
  };
  for (const line of lines) {
    if (changes.has(line.content?.kind) && known.has(line.content.message)) {
      happen(line);
      continue;
    }
    pass(line.at);
    const date = dayOf(line.at);
    if (date !== lastDay) {
      lastDay = date;
      const held = hold;
      list.push({ key: 'day ' + date, mark: day(line.at) + held, make: () => el('li', { class: 'day', 'data-hold': held }, el('span', {}, day(line.at))) });
      before = null;
    }
    if (line.speaker === 'agent' || line.speaker === 'owner') hold = 'person';
    else if (line.speaker === 'bot' && hold === 'person') hold = 'bot';
    list.push(lineItem(line, { hold, isTurn: before !== null && before !== line.speaker, known, changed: changed.get(line.id), at, acts, me }));
    before = line.speaker;
    happen(line);
  }
  // Somebody has it by now: that it waited is told where it did.
  if (handoff?.status !== 'claimed') pass(Infinity);
  for (const each of pending) list.push(pendingItem(each, acts, me));
  return list;
}

/** Reactions, edits and what was taken back, by the line that they are about. */
function changesOf(lines, known) {
  const found = new Map();
  for (const line of lines) {
    const { kind, message, emoji } = line.content ?? {};
    if (!changes.has(kind) || !known.has(message)) continue;
    const about = found.get(message) ?? { reactions: new Map(), isEdited: false, isTakenBack: false };
    if (kind === 'reaction') {
      if (emoji) about.reactions.set(line.speaker, emoji);
      else about.reactions.delete(line.speaker);
    } else if (kind === 'edit') {
      about.isEdited = true;
      // What is read anew has the words already; news have them here.
      about.words = line.text;
    } else {
      about.isTakenBack = true;
    }
    found.set(message, about);
  }
  return found;
}

function sysItem(event) {
  return {
    key: `event ${event.kind} ${event.at}`, mark: event.words + event.more,
    make: () => el('li', { class: 'sys', 'data-hold': event.hold, 'data-event': event.kind },
      el('div', {}, el('b', {}, event.words), el('span', {}, '· ', clockTime(event.at)), event.more ? el('span', {}, '· ', event.more) : null)),
  };
}

function lineItem(line, { hold, isTurn, known, changed, at, acts, me }) {
  if (line.speaker === 'note') return noteItem(line, { hold, me, acts });
  const isOut = line.speaker !== 'customer';
  const isLost = isOut && (line.delivery === 'failed' || line.delivery === 'dropped');
  const isGone = changed?.isTakenBack || line.text === takenBack;
  const quoted = line.content?.quotes ? known.get(line.content.quotes) ?? null : undefined;
  const shown = changed?.words && !isGone ? { ...line, text: changed.words } : line;
  const reactions = [...(changed?.reactions ?? [])];
  const body = JSON.stringify([shown.text, shown.content, hold, isTurn, isGone, reactions, quoted?.text, changed?.isEdited, acts.mayAct && acts.isMine, me?.name]);
  const stampMark = JSON.stringify([line.delivery, line.deliveryDetail, line.choices, line.remedy, line.sentAgainAs, acts.mayAct && acts.isMine]);
  const type = ['in', 'out'][Number(isOut)];
  const classes = [type, line.speaker === 'bot' || line.speaker === 'system' ? 'bot' : null, isLost ? 'failed' : null, isTurn ? 'turn' : null];
  const make = () => {
    const stamp = el('div', { class: 'stamp', 'aria-live': 'off' });
    const below = el('div', { class: 'desk-below' });
    const reply = acts.mayAct && acts.isMine && !isGone ? button(null, {
      kind: 'quiet small', picture: 'reply', label: t('desk.replyTo'), tabindex: '-1', 'data-act': 'quote', act: () => acts.quote(line),
    }) : null;
    const node = el('li', { class: classes.filter(Boolean).join(' '), 'data-hold': hold, 'data-line': line.id, tabindex: '-1' },
      el('div', { class: 'desk-row' },
        el('div', { class: 'bubble' },
          el('span', { class: 'sr' }, t('desk.said', { who: speakerOf(line, me, acts.customer) })),
          quoted === undefined ? null : quoteOf(quoted, me, acts.customer),
          isGone ? el('p', { class: 'gone' }, t('desk.takenBack')) : bodyOf(shown, at), stamp),
        reply),
      reactions.length ? el('div', { class: 'reactions' }, reactions.map(([speaker, emoji]) => el('span', {},
        heard(t('desk.reacted', { who: speaker === 'customer' ? acts.customer : t('desk.you') })), ' ', emoji))) : null,
      below);
    fillStamp(stamp, below, line, { isOut, isEdited: changed?.isEdited && !isGone, me, acts });
    return node;
  };
  return {
    key: line.id, mark: body, stamp: stampMark, make,
    restamp: (node) => {
      node.classList.toggle('failed', isLost);
      fillStamp(node.querySelector('.stamp'), node.querySelector('.desk-below'), line, { isOut, isEdited: changed?.isEdited && !isGone, me, acts });
    },
  };
}

/** What colleagues alone read: it looks like nothing that a customer sees. */
function noteItem(line, { hold, me, acts }) {
  return {
    key: line.id, mark: JSON.stringify([line.text, hold, me?.name]),
    make: () => el('li', { class: 'note-line', 'data-hold': hold, 'data-line': line.id, 'data-note': '', tabindex: '-1' },
      el('div', { class: 'bubble' },
        el('p', { class: 'note-head' }, icon('note', 'small'), t('desk.note.by'), ' ', el('bdi', {}, speakerOf({ ...line, speaker: 'agent' }, me, acts.customer)), ' ',
          el('time', { class: 'push num', datetime: new Date(line.at).toISOString(), title: exactTime(line.at) }, clockTime(line.at))),
        el('p', { class: 'note-text', dir: 'auto' }, line.text))),
    restamp: () => {},
  };
}

function speakerOf(line, me, customer) {
  switch (line.speaker) {
    case 'customer': return customer;
    case 'agent': return line.name && line.name === me?.name ? t('desk.you') : line.name ?? t('desk.speaker.agent');
    default: return t('desk.speaker.' + line.speaker);
  }
}

function quoteOf(line, me, customer) {
  if (!line) return el('div', { class: 'quote' }, t('desk.quotesOlder'));
  return el('div', { class: 'quote' }, el('b', {}, el('bdi', {}, speakerOf(line, me, customer))),
    el('bdi', { class: 'cut' }, inShort({ text: line.text, kind: line.content?.kind }) || wordsOf(line)));
}

function fillStamp(stamp, below, line, { isOut, isEdited, me, acts }) {
  const state = isOut && line.speaker !== 'owner' ? line.delivery ?? 'none' : null;
  const [picture, kind] = ticks[state] ?? ticks.none;
  put(stamp, isOut ? el('span', { class: 'by' }, el('bdi', {}, speakerOf(line, me, acts.customer))) : null,
    isEdited ? el('span', { class: 'edited' }, t('desk.edited')) : null,
    el('time', { datetime: new Date(line.at).toISOString(), title: exactTime(line.at) }, clockTime(line.at)),
    state ? [el('span', { class: kind, 'data-tick': state }, icon(picture)), heard(t('desk.tick.' + state))] : null);
  put(below, troubleOf(line, state, acts));
}

/** Why a message did not arrive, and what can be done about it. */
function troubleOf(line, state, acts) {
  if (!['failed', 'dropped', 'unknown', 'held'].includes(state)) return null;
  const choices = line.sentAgainAs ? [] : line.choices ?? [];
  return el('div', { class: `desk-trouble ${state === 'held' ? 'warn' : 'bad'}`, 'data-part': 'trouble' },
    el('p', {}, el('strong', {}, t('desk.trouble.' + state)), line.deliveryDetail ? [' ', el('bdi', {}, line.deliveryDetail)] : null),
    line.remedy ? el('p', { class: 'meta' }, el('bdi', {}, line.remedy)) : null,
    line.sentAgainAs ? el('p', { class: 'meta' }, icon('refresh', 'small'), ' ', t('desk.sentAgain')) : null,
    acts.isMine && acts.mayAct && choices.length ? el('div', { class: 'row tight' },
      choices.includes('again') ? button(t('desk.again'), { kind: 'small', picture: 'refresh', 'data-act': 'resend', act: (event) => acts.resend(line, event.currentTarget) }) : null,
      choices.includes('template') ? button(t('desk.template'), { kind: 'small', picture: 'template', act: () => acts.template() }) : null) : null);
}

/** What came while somebody wrote, and whether it goes all the same: its words are kept. */
function overtakenBy(each, acts, me) {
  const news = each.news ?? [];
  const names = [...new Set(news.map((line) => speakerOf(line, me, acts.customer)))];
  return el('div', { class: 'desk-below' }, el('div', { class: 'desk-trouble warn', role: 'alert', 'data-part': 'overtaken' },
    el('p', {}, el('strong', {}, names.length === 1 ? t('desk.overtaken.by', { name: names[0] }) : names.length ? t('desk.overtaken.some') : t('desk.overtaken.owner'))),
    news.length ? el('ul', { class: 'desk-news' }, news.slice(-mostNews).map((line) => el('li', { class: 'quote' },
      el('b', {}, el('bdi', {}, speakerOf(line, me, acts.customer))),
      el('bdi', { class: 'cut' }, inShort({ text: line.text, kind: line.content?.kind }) || wordsOf(line))))) : null,
    el('div', { class: 'row tight' },
      button(t('desk.sendAnyway'), { kind: 'small primary', picture: 'send', 'data-act': 'send-anyway', act: () => acts.sendAnyway(each) }),
      each.text && !each.template ? button(t('desk.edit'), { kind: 'small', picture: 'edit', 'data-act': 'take-back', act: () => acts.takeBack(each) }) : null,
      button(t('desk.discard'), { kind: 'quiet small', 'data-act': 'discard', act: () => acts.discard(each) }))));
}

function pendingItem(each, acts, me) {
  const isRefused = each.state === 'refused';
  const isOvertaken = each.state === 'overtaken';
  return {
    key: 'pending ' + each.ref, mark: JSON.stringify([each.state, each.because, each.text, each.news?.length]),
    make: () => el('li', { class: `${each.isNote ? 'note-line' : 'out'} desk-pending${isRefused ? ' failed' : ''}`, 'data-hold': 'person', 'data-pending': each.state },
      el('div', { class: 'bubble' },
        each.file ? el('div', { class: 'media file' }, icon('clip'), el('bdi', { class: 'cut' }, each.file), null) : null,
        each.template ? el('p', { class: 'desk-kind' }, icon('template', 'small'), el('bdi', {}, each.template)) : null,
        each.text ? el('p', { dir: 'auto' }, each.text) : null,
        el('div', { class: 'stamp' }, el('span', { class: 'by' }, t('desk.you')),
          isRefused || isOvertaken ? null : [icon('clock'), el('span', {}, t('desk.sending'))])),
      isOvertaken ? overtakenBy(each, acts, me) : isRefused ? el('div', { class: 'desk-below' }, el('div', { class: 'desk-trouble bad', role: 'alert', 'data-part': 'refused' },
        el('p', {}, el('strong', {}, t('desk.notSent')), ' ', el('bdi', {}, each.because)),
        el('div', { class: 'row tight' },
          each.text && !each.file && !each.template ? button(t('desk.edit'), { kind: 'small', picture: 'edit', 'data-act': 'take-back', act: () => acts.takeBack(each) }) : null,
          each.file || each.template ? null : button(t('act.again'), { kind: 'small', picture: 'refresh', 'data-act': 'try-again', act: () => acts.tryAgain(each) }),
          button(t('desk.discard'), { kind: 'quiet small', 'data-act': 'discard', act: () => acts.discard(each) })))) : null),
  };
}

/** Shows items in a list, and keeps what is the same: nothing is read out twice. */
export function showItems(list, items, shown) {
  const wanted = new Set(items.map((item) => item.key));
  for (const [key, { node }] of [...shown]) {
    if (wanted.has(key)) continue;
    node.remove();
    shown.delete(key);
  }
  let place = list.firstElementChild;
  for (const item of items) {
    const known = shown.get(item.key);
    let node = known?.node;
    if (!known || known.mark !== item.mark) {
      node = item.make();
      if (known) {
        const had = known.node.contains(document.activeElement);
        if (place === known.node) place = known.node.nextElementSibling;
        known.node.replaceWith(node);
        if (had) node.focus({ preventScroll: true });
      }
    } else if (known.stamp !== item.stamp) {
      item.restamp(node);
    }
    shown.set(item.key, { node, mark: item.mark, stamp: item.stamp });
    if (node === place) place = place.nextElementSibling;
    else list.insertBefore(node, place);
  }
}
