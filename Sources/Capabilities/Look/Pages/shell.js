// The frame around every page: rooms, bar, and the door where the key is typed.

import { ask, keepKey, key } from './api.js';
import { el, icon, loadIcons } from './parts.js';

/** The rooms of the console; each capability with a page adds its own here. */
const rooms = [
  { group: 'Installation', name: 'Overview', room: 'home', icon: 'home', href: '/' },
  { group: 'Installation', name: 'Audit log', room: 'audit', icon: 'shield', href: '/pages/audit/' },
];

/**
 * Shows a page: `room` is its own, and `open` is called with the page's element, made of the
 * template `page`, once there is a key.
 */
export function enter(room, open) {
  const start = () => {
    const page = el('main', { class: 'page', id: 'main', tabindex: '-1' });
    page.append(document.getElementById('page').content.cloneNode(true));
    document.body.className = 'app';
    frame(nav(room), topbar(), el('div', { class: 'main' }, page), tabbar(room));
    open(page);
  };
  addEventListener('parley:signed-out', (event) => door(start, event.detail));
  loadIcons();
  if (key()) start();
  else door(start);
}

/** Forgets the key and asks for one; `reason` says why. */
export function signOut(reason) {
  keepKey(null);
  dispatchEvent(new CustomEvent('parley:signed-out', { detail: reason }));
}

/** Whether a problem is that the key is not taken any more: then one is asked for. */
export function isKeyGone(problem) {
  if (problem.status !== 401) return false;
  signOut('The console does not take this key any more.');
  return true;
}

function frame(...parts) {
  for (const part of document.querySelectorAll('body > :not(.skip, script, template, #icons)')) part.remove();
  document.body.append(...parts);
}

function brand() {
  return el('a', { class: 'brand', href: '/' }, icon('mark'), el('span', {}, 'Parley'));
}

function themeButton(places) {
  return el('button', {
    class: 'button quiet only ' + places, type: 'button', 'data-act': 'theme',
    'aria-label': 'Light or dark',
  }, icon('moon'));
}

function nav(current) {
  const groups = Map.groupBy ? Map.groupBy(rooms, (room) => room.group) : grouped();
  return el('nav', { class: 'nav', id: 'rooms', popover: true, 'aria-label': 'Rooms' }, brand(),
    ...Array.from(groups, ([name, list]) => el('div', { class: 'nav-group' }, el('p', {}, name),
      el('ul', {}, ...list.map((room) => el('li', {}, link(room, current)))))),
    el('div', { class: 'nav-group nav-foot' }, el('ul', {}, el('li', {},
      el('a', { href: '/api/v1/openapi.json' }, icon('link'), el('span', {}, 'API description'))))));
}

function grouped() {
  const groups = new Map();
  for (const room of rooms) groups.set(room.group, [...(groups.get(room.group) ?? []), room]);
  return groups;
}

function link(room, current) {
  return el('a', { href: room.href, 'aria-current': room.room === current ? 'page' : null },
    icon(room.icon), el('span', {}, room.name));
}

function topbar() {
  return el('header', { class: 'topbar' },
    el('button', {
      class: 'button quiet only menu-button', type: 'button', popovertarget: 'rooms',
      'aria-label': 'Rooms',
    }, icon('menu')),
    el('span', { class: 'tenant plain' },
      el('span', { class: 'avatar small square team', 'aria-hidden': 'true' }, icon('server')),
      el('span', { class: 'cut' }, 'This installation')),
    el('span', { class: 'push' }), themeButton(''),
    el('button', {
      class: 'button quiet', type: 'button', 'data-act': 'sign-out',
      onclick: () => signOut('The key is forgotten.'),
    }, icon('out'), 'Sign out'));
}

function tabbar(current) {
  return el('nav', { class: 'tabbar', 'aria-label': 'Daily rooms' },
    ...rooms.map((room) => link(room, current)));
}

/** The door: it lets in whoever has a key that the console takes. */
function door(open, reason) {
  document.body.className = 'door';
  const input = el('input', {
    class: 'input tall', id: 'key', type: 'password', autocomplete: 'current-password',
    spellcheck: 'false', required: true, 'aria-describedby': 'wrong hint',
  });
  const words = el('p', {}, reason ?? '');
  const wrong = el('div', { class: 'notice', role: 'alert', id: 'wrong', hidden: !reason },
    icon('info'), el('div', { class: 'grow' }, words));
  const button = el('button', { class: 'button primary block tall', type: 'submit' }, 'Sign in');
  const form = el('form', { class: 'form' },
    el('div', { class: 'field' }, el('label', { for: 'key' }, 'Key of this installation'), input,
      el('p', { class: 'hint', id: 'hint' },
        'It stands in ', el('span', { class: 'mono' }, 'console.key'),
        ' in the data folder, and is kept in this tab only.')),
    button);
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    button.disabled = true;
    input.removeAttribute('aria-invalid');
    keepKey(input.value.trim());
    try {
      await ask('/api/v1/status');
      open();
    } catch (problem) {
      keepKey(null);
      button.disabled = false;
      wrong.hidden = false;
      wrong.classList.add('bad');
      words.textContent = problem.status === 401
        ? 'The console does not take this key.' : problem.message;
      input.setAttribute('aria-invalid', 'true');
      input.select();
    }
  });
  frame(
    el('header', {}, brand(), el('span', { class: 'push' }), themeButton('')),
    el('main', { id: 'main', tabindex: '-1' },
      el('div', { class: 'door-card' },
        el('div', {}, el('h1', {}, 'Sign in'), el('p', {}, 'to look after this installation')),
        wrong, form)),
    el('footer', {}, el('span', {}, 'Parley answers customers on WhatsApp from a business’s own documents.')));
  input.focus();
}
