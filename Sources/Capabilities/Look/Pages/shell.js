// The frame around every page: navigation, bar, palette, keys, and the door where the key is typed.

import { el, loadIcons, put } from './base/dom.js';
import { isHere, signOut } from './base/session.js';
import { loadWords, t } from './base/words.js';
import { blank } from './parts/states.js';
import { readyToasts } from './parts/toast.js';
import { addCommands, commands, setAct } from './shell/commands.js';
import { door } from './shell/door.js';
import { listenToKeys, openHelp } from './shell/keys.js';
import { connectionLine, setCount } from './shell/line.js';
import { nav, tabbar } from './shell/nav.js';
import { openPicker } from './shell/picker.js';
import { mayEnter } from './shell/rooms.js';
import { topbar } from './shell/topbar.js';

export { addCommands, setCount };

/**
 * Shows a page: `room` is its own, whose words are loaded, and `open` is called with the page's
 * element once somebody is in. What it adds to the page ends with it.
 */
export async function enter(room, open) {
  await loadWords(room);
  loadIcons();
  listenToKeys();
  setAct('palette', () => openPicker({ label: t('palette.label'), items: commands() }));
  setAct('help', openHelp);
  setAct('search', () => document.querySelector('[data-search], .main [type="search"]')?.focus());
  const start = () => {
    document.title = `${t('room.' + room)} · Parley`;
    const page = el('main', { class: 'page', id: 'main', tabindex: '-1' });
    document.body.className = 'app';
    frame(nav(room), topbar(() => openPicker({ label: t('palette.label'), items: commands() })),
      el('div', { class: 'main' }, connectionLine(), page), tabbar(room));
    readyToasts();
    if (mayEnter(room)) open(page);
    else put(page, blank({ picture: 'lock', title: t('shell.closed'), text: t('shell.closedText'), level: 1 }));
  };
  const shut = (reason) => {
    document.title = `${t('door.title')} · Parley`;
    for (const dialog of document.querySelectorAll('dialog[open]')) dialog.close();
    document.body.className = 'door';
    const { parts, ready } = door(start, reason);
    frame(...parts);
    ready();
  };
  addEventListener('parley:signed-out', (event) => shut(event.detail));
  addEventListener('parley:session-ended', () => signOut('door.ended'));
  if (isHere()) start();
  else shut();
}

function frame(...parts) {
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
