// A menu of acts, or of choices, that opens at a button.

import { button, el, freshId, icon } from '../base/dom.js';
import { plain } from '../base/words.js';

/** Space between a menu and its button, and the window's edge; in pixels. */
const gap = 4;

/**
 * A button with a menu. `items` gives them each time it opens: `{ words, picture, run, href, danger,
 * keys, lang }`, `{ words, isOn, run }` for a choice, `'-'` for a line, `{ head }` for a heading.
 * `end` lays the menu's end at the button's end.
 */
export function menuButton({ words, label, picture, kind = '', items, end = false, content, ...attributes }) {
  const id = freshId('menu');
  const opener = button(content ?? [words, words ? icon('down', 'small') : null], {
    kind: words || content ? kind : `${kind} only`, picture, label,
    'aria-haspopup': 'menu', 'aria-expanded': 'false', 'aria-controls': id, ...attributes,
  });
  if (!words && !content) opener.replaceChildren(icon(picture, kind.includes('small') ? 'small' : ''));
  let menu;
  const open = (last = false) => {
    menu?.remove();
    menu = build(items(), label ?? words, id, () => shut());
    opener.after(menu);
    menu.addEventListener('toggle', (event) => {
      const isOpen = event.newState === 'open';
      opener.setAttribute('aria-expanded', String(isOpen));
      if (!isOpen) menu.remove();
    });
    menu.showPopover({ source: opener });
    layAt(menu, opener, end);
    const entries = entriesOf(menu);
    entries.at(last ? -1 : 0)?.focus();
  };
  const shut = () => {
    menu.hidePopover();
    opener.focus();
  };
  opener.addEventListener('click', () => (menu?.isConnected && menu.matches(':popover-open') ? shut() : open()));
  opener.addEventListener('keydown', (event) => {
    if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return;
    event.preventDefault();
    open(event.key === 'ArrowUp');
  });
  return opener;
}

function entriesOf(menu) {
  return [...menu.querySelectorAll('[role^="menuitem"]:not([aria-disabled="true"])')];
}

function build(items, label, id, shut) {
  const menu = el('div', { class: 'menu floats', role: 'menu', id, 'aria-label': label, popover: 'auto' },
    items.map((item) => entry(item, shut)));
  menu.addEventListener('keydown', (event) => move(event, menu, shut));
  return menu;
}

function entry(item, shut) {
  if (item === '-') return el('hr', { role: 'separator' });
  if (item.head) return el('p', { role: 'presentation' }, item.head);
  const isChoice = item.isOn !== undefined;
  return el(item.href ? 'a' : 'button', {
    role: isChoice ? 'menuitemradio' : 'menuitem', type: item.href ? null : 'button', href: item.href, tabindex: '-1',
    class: item.danger ? 'danger' : null, 'aria-checked': isChoice ? String(item.isOn) : null,
    'aria-disabled': item.why ? 'true' : null, title: item.why, ...item.attributes,
    onclick: (event) => {
      if (item.why) return event.preventDefault();
      shut();
      return item.run?.(event);
    },
  }, isChoice ? icon(item.isOn ? 'check' : 'none', 'small') : item.picture ? icon(item.picture) : null,
  el('span', { lang: item.lang, class: 'grow' }, item.words),
  item.keys ? el('span', { class: 'keys', 'aria-hidden': 'true' }, item.keys.map((key) => el('kbd', {}, key))) : null);
}

function move(event, menu, shut) {
  const entries = entriesOf(menu);
  const here = entries.indexOf(document.activeElement);
  const steps = {
    ArrowDown: (here + 1) % entries.length, ArrowUp: (here - 1 + entries.length) % entries.length,
    Home: 0, End: entries.length - 1,
  };
  if (event.key === 'Escape' || event.key === 'Tab') {
    if (event.key === 'Escape') event.preventDefault();
    // A dialog behind the menu stays open.
    event.stopPropagation();
    shut();
  } else if (event.key in steps) {
    event.preventDefault();
    entries[steps[event.key]]?.focus();
  } else if (event.key.length === 1 && /\S/.test(event.key) && !event.ctrlKey && !event.metaKey) {
    const order = [...entries.slice(here + 1), ...entries.slice(0, here + 1)];
    order.find((item) => plain(item.textContent.trim()).startsWith(plain(event.key)))?.focus();
    event.stopPropagation();
  }
}

function layAt(menu, opener, end) {
  const at = opener.getBoundingClientRect();
  const size = menu.getBoundingClientRect();
  const isRight = end !== (document.documentElement.dir === 'rtl');
  const left = isRight ? at.right - size.width : at.left;
  const below = at.bottom + gap;
  const fits = below + size.height <= innerHeight - gap;
  menu.style.left = `${Math.max(gap, Math.min(left, innerWidth - size.width - gap))}px`;
  menu.style.top = `${fits ? below : Math.max(gap, at.top - size.height - gap)}px`;
}
