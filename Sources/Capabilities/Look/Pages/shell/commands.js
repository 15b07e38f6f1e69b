// What can be done by the palette and by keys: rooms, choices, and what the page itself adds.

import { signOut } from '../base/session.js';
import { languages } from '../base/languages.js';
import { setTheme, theme } from '../base/theme.js';
import { language, speak, t } from '../base/words.js';
import { undoNewest } from '../parts/toast.js';
import { openRooms } from './rooms.js';

const ofPage = new Set();

/**
 * Adds commands of the page: `{ words, picture, keys, run }` each, where `keys` are pressed one after
 * another, such as `['r']`. Gives a function that takes them away.
 */
export function addCommands(list) {
  const added = list.map((command) => ({ group: t('palette.do'), ...command }));
  for (const command of added) ofPage.add(command);
  return () => { for (const command of added) ofPage.delete(command); };
}

/** Commands for which the shell has the acts: palette, help, search, switching. */
const ofShell = new Map();

/** Gives the shell's own command its act. */
export function setAct(name, run) {
  ofShell.set(name, run);
}

/** All commands that can be run now, in the order in which they are shown. */
export function commands() {
  return [
    ...ofPage,
    ...openRooms().map((room) => ({
      group: t('palette.go'), words: t('room.' + room.room), picture: room.icon,
      keys: room.key && ['G', room.key.toUpperCase()], run: () => { location.href = room.href; },
    })),
    shell('switch', 'turn', ['B']),
    shell('search', 'search', ['/']),
    shell('help', 'keyboard', ['?']),
    ...['light', 'dark', 'system'].filter((value) => value !== theme()).map((value) => ({
      group: t('palette.prefer'), words: t('theme.to.' + value), picture: { light: 'sun', dark: 'moon', system: 'screen' }[value],
      run: () => setTheme(value),
    })),
    ...Object.entries(languages).filter(([code]) => code !== language()).map(([code, { name }]) => ({
      group: t('palette.prefer'), words: t('language.to', { name }), also: name, picture: 'globe', run: () => speak(code),
    })),
    { group: t('palette.do'), words: t('account.out'), picture: 'out', run: () => signOut() },
  ].filter(Boolean);
}

function shell(name, picture, keys) {
  const run = ofShell.get(name);
  return run && { group: t('palette.do'), words: t('command.' + name), picture, keys, run };
}

/** Keys that are no entry of the palette: it itself, and taking back. */
export function hiddenCommands() {
  return [
    { words: t('command.palette'), keys: ['Ctrl', 'K'], isChord: true, run: () => ofShell.get('palette')?.() },
    { words: t('command.undo'), keys: ['Z'], run: undoNewest },
  ];
}
