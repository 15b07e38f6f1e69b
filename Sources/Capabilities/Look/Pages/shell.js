// The frame around every page: navigation, bar, palette, keys, and the door where the key is typed.

import { el, loadIcons, put } from './base/dom.js';
import { arrive, impersonation, impersonationEnded, isHere, signOut, who } from './base/session.js';
import { adopt, loadWords, t } from './base/words.js';
import { blank, broken } from './parts/states.js';
import { readyToasts } from './parts/toast.js';
import { addCommands, commands, setAct } from './shell/commands.js';
import { door, doorFrame } from './shell/door.js';
import { banner, otherTabs, over } from './shell/impersonation.js';
import { listenToKeys, openHelp } from './shell/keys.js';
import { connectionLine, setCount } from './shell/line.js';
import { nav, tabbar } from './shell/nav.js';
import { readyProof } from './shell/prove.js';
import { openPicker } from './shell/picker.js';
import { mayEnter } from './shell/rooms.js';
import { topbar } from './shell/topbar.js';

export { addCommands, setCount };

/**
 * Shows a page: `room` is its own, whose words are loaded, and `open` is called with the page's
 * element once somebody is in. What it adds to the page ends with it. `words` are other rooms whose
 * words it needs, too; `frame` is `rail fixed` where the width counts and only parts scroll.
 */
export async function enter(room, open, { words = [], frame: kind = '' } = {}) {
  await loadWords(room, ...words);
  loadIcons();
  listenToKeys();
  setAct('palette', () => openPicker({ label: t('palette.label'), items: commands() }));
  setAct('help', openHelp);
  setAct('search', () => document.querySelector('[data-search], .main [type="search"]')?.focus());
  const start = () => {
    const other = impersonation();
    document.title = `${other ? t('acting.title', { name: other.name }) + ' · ' : ''}${t('room.' + room)} · Parley`;
    const page = el('main', { class: 'page', id: 'main', tabindex: '-1' });
    document.body.className = ['app', kind, other ? 'acting' : ''].filter(Boolean).join(' ');
    frame(nav(room), topbar(() => openPicker({ label: t('palette.label'), items: commands() })),
      el('div', { class: 'main' }, other ? banner() : null, connectionLine(), page), tabbar(room));
    readyToasts();
    if (mayEnter(room)) open(page);
    else put(page, blank({ picture: 'lock', title: t('shell.closed'), text: t('shell.closedText'), level: 1 }));
  };
  const begin = async () => {
    if (adopt(who().own?.language)) await loadWords(room, ...words);
    start();
  };
  const shut = (reason) => {
    document.title = `${t('door.title')} · Parley`;
    for (const dialog of document.querySelectorAll('dialog[open]')) dialog.close();
    document.body.className = 'door';
    const { parts, ready } = door(begin, reason);
    frame(...parts);
    ready();
  };
  addEventListener('parley:signed-out', (event) => shut(event.detail));
  addEventListener('parley:session-ended', () => (impersonation() ? impersonationEnded() : signOut('door.ended')));
  addEventListener('parley:impersonation-ended', () => {
    const content = over();
    document.title = `${t('acting.over')} · Parley`;
    for (const dialog of document.querySelectorAll('dialog[open]')) dialog.close();
    document.body.className = 'door';
    frame(...doorFrame(content));
    content.querySelector('button').focus();
  });
  otherTabs();
  readyProof();
  const look = async () => {
    try {
      if (await arrive()) await begin();
      else shut();
    } catch {
      // The console has just started, perhaps.
      document.body.className = 'door';
      frame(...doorFrame(broken({ status: 503, code: 'starting' }, { level: 1 })));
      setTimeout(look, pauseOfStart);
    }
  };
  await look();
}

/** How long a console that has just started is waited for, in milliseconds. */
const pauseOfStart = 1_500;

/**
 * Shows a page at the door, for whoever is in or not: `open` is called with what the card holds,
 * once the words are there. `width` is empty or `wide`; `words` are rooms whose words it needs, too.
 */
export async function enterDoor(title, open, width, words = []) {
  await loadWords('accounts', ...words);
  loadIcons();
  readyProof();
  document.title = `${t(title)} · Parley`;
  document.body.className = 'door';
  const content = el('div', { class: 'door-content' });
  frame(...doorFrame(content, width));
  readyToasts();
  await open(content);
}

/** Puts parts into the page, with the link that skips to the content. */
export function frame(...parts) {
  const skip = el('a', { class: 'skip', href: '#main' }, t('shell.skip'));
  for (const part of document.querySelectorAll('body > :not(script, #icons)')) part.remove();
  document.body.prepend(skip, ...parts);
}

/** The head of a page: its title, a sentence, and what can be done, at the end. */
export function pageHead({ title, lead, acts = [], crumbs = null }) {
  return el('header', { class: 'page-head' },
    el('div', {}, crumbs, el('h1', {}, title), lead ? el('p', {}, lead) : null),
    acts.length ? el('div', { class: 'row' }, acts) : null);
}

/** Calls `work` now and then again and again, but not while nobody looks; in milliseconds. */
export function keepFresh(page, work, pause) {
  let timer;
  const round = async () => {
    clearTimeout(timer);
    if (!page.isConnected || !isHere()) return;
    if (!document.hidden) await work();
    timer = setTimeout(round, pause);
  };
  document.addEventListener('visibilitychange', () => { if (!document.hidden) round(); });
  addEventListener('parley:organisation', round);
  round();
}
