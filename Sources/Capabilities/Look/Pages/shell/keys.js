// The keyboard: single keys and two after another, a list of them, and a switch that turns them off.

import { choice, choose } from '../base/choices.js';
import { el } from '../base/dom.js';
import { t } from '../base/words.js';
import { openDialog } from '../parts/dialog.js';
import { commands, hiddenCommands } from './commands.js';

/** The second key is waited for this long, in milliseconds. */
const patience = 1_500;

let before = null;

/** Whether single keys act; the palette's chord always does. */
export function areKeysOn() {
  return choice('keys') !== 'off';
}

/** Listens to the keyboard. */
export function listenToKeys() {
  document.addEventListener('keydown', (event) => {
    if ((event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey && event.key.toLowerCase() === 'k') {
      event.preventDefault();
      if (!document.querySelector('dialog[open]')) hiddenCommands()[0].run();
      return;
    }
    if (!areKeysOn() || event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.defaultPrevented) return;
    if (isTyping(event.target) || document.querySelector('dialog[open], [popover]:popover-open:not(.toasts)')) return;
    const key = event.key.length === 1 ? event.key.toUpperCase() : null;
    if (!key || key === ' ') return;
    const first = before && Date.now() - before.at < patience ? before.key : null;
    before = null;
    const all = [...commands(), ...hiddenCommands().filter((command) => !command.isChord)];
    const wanted = first ? `${first} ${key}` : key;
    const found = all.find((command) => command.keys?.join(' ').toUpperCase() === wanted);
    if (found) {
      event.preventDefault();
      found.run();
    } else if (!first && all.some((command) => command.keys?.length === 2 && command.keys[0].toUpperCase() === key)) {
      before = { key, at: Date.now() };
    }
  });
}

function isTyping(target) {
  return target.isContentEditable || target.matches?.('input:not([type="checkbox"], [type="radio"]), textarea, select');
}

/** Shows which keys there are. */
export function openHelp() {
  const onOff = el('input', { type: 'checkbox', class: 'switch', role: 'switch', checked: areKeysOn() });
  onOff.addEventListener('change', () => choose('keys', onOff.checked ? null : 'off'));
  const lines = [...hiddenCommands(), ...commands()].filter((command) => command.keys);
  const close = () => dialog.close();
  const dialog = openDialog({
    title: t('keys.title'),
    body: [
      el('label', { class: 'check' }, onOff, t('keys.on')),
      el('dl', { class: 'key-list' }, lines.map((command) => [
        el('dt', {}, command.words),
        el('dd', {}, command.keys.map((key, index) => [
          index ? (command.isChord ? ' + ' : ` ${t('keys.then')} `) : null, el('kbd', {}, key),
        ])),
      ])),
      el('h3', {}, t('keys.lists')),
      el('dl', { class: 'key-list' }, ['rows', 'open', 'tick', 'ends'].map((name) => [
        el('dt', {}, t('keys.' + name)),
        el('dd', {}, { rows: ['↑', '↓'], open: ['↵'], tick: [t('keys.space')], ends: ['Home', 'End'] }[name]
          .map((key, index) => [index ? ' ' : null, el('kbd', {}, key)])),
      ])),
    ],
    foot: [el('button', { class: 'button', type: 'button', onclick: close }, t('act.close'))],
  });
}
