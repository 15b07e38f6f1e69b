// Small parts that pages are made of. Whatever came from outside becomes text, never markup.

const SVG = 'http://www.w3.org/2000/svg';

/** An element with attributes and children: nodes, or text. Attributes that are null are left out. */
export function el(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [attribute, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (attribute.startsWith('on')) element.addEventListener(attribute.slice(2), value);
    else element.setAttribute(attribute, value === true ? '' : String(value));
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

/**
 * Puts the sprite of icons into the page, once: they are there while the console cannot be reached,
 * too.
 */
export async function loadIcons() {
  if (document.getElementById('icons')) return;
  try {
    const text = await (await fetch('/pages/look/icons.svg')).text();
    const sprite = new DOMParser().parseFromString(text, 'image/svg+xml').documentElement;
    for (const symbol of sprite.querySelectorAll('symbol')) symbol.id = 'icon-' + symbol.id;
    sprite.id = 'icons';
    sprite.setAttribute('hidden', '');
    document.body.append(sprite);
  } catch {
    // Words are there without pictures.
  }
}

/** An icon of the sprite, which says nothing to those who do not see it. */
export function icon(name, size = '') {
  const svg = document.createElementNS(SVG, 'svg');
  svg.setAttribute('class', ('icon ' + size).trim());
  svg.setAttribute('aria-hidden', 'true');
  const use = document.createElementNS(SVG, 'use');
  use.setAttribute('href', '#icon-' + name);
  svg.append(use);
  return svg;
}

/** What stands in a card where there is nothing, or something is broken. */
export function blank(picture, title, text, ...acts) {
  return el('div', { class: 'blank' }, icon(picture), el('h3', {}, title), el('p', {}, text),
    acts.length ? el('div', { class: 'row' }, ...acts) : null);
}

/** Lines that stand for what is on its way. */
export function bones(count = 6) {
  const lines = Array.from({ length: count }, () => el('i'));
  return el('div', { class: 'bones', 'aria-hidden': 'true' }, ...lines);
}

/** Something that needs attention on this page. */
export function notice(kind, title, text, ...acts) {
  const picture = { bad: 'bad', warn: 'warn', ok: 'ok' }[kind] ?? 'info';
  return el('div', { class: 'notice ' + kind, role: kind === 'bad' ? 'alert' : 'status' },
    icon(picture),
    el('div', { class: 'grow' }, el('strong', {}, title), el('p', {}, text)), ...acts);
}

let toasts;

/** Says for a few seconds what was done. */
export function toast(text) {
  if (!toasts) {
    toasts = el('div', { class: 'toasts', role: 'status' });
    document.body.append(toasts);
  }
  const shown = el('div', { class: 'toast plain' }, text);
  toasts.append(shown);
  setTimeout(() => shown.remove(), 4_000);
}

/** A number as people write it. */
export function count(number) {
  return new Intl.NumberFormat('en').format(number);
}

const units = [
  ['year', 31_536_000], ['month', 2_592_000], ['day', 86_400], ['hour', 3_600], ['minute', 60],
];
const relative = new Intl.RelativeTimeFormat('en', { numeric: 'auto', style: 'short' });
const exact = new Intl.DateTimeFormat('en', { dateStyle: 'medium', timeStyle: 'medium' });
const clock = new Intl.DateTimeFormat('en', { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
const date = new Intl.DateTimeFormat('en', { weekday: 'long', day: 'numeric', month: 'long' });
const dateWithYear = new Intl.DateTimeFormat('en', { day: 'numeric', month: 'long', year: 'numeric' });

/** How long ago a moment was, in words; `now` and it are milliseconds. */
export function ago(moment, now = Date.now()) {
  const seconds = (moment - now) / 1_000;
  if (Math.abs(seconds) < 10) return 'just now';
  if (Math.abs(seconds) < 60) return relative.format(Math.round(seconds), 'second');
  const [unit, length] = units.find(([, length]) => Math.abs(seconds) >= length);
  return relative.format(Math.trunc(seconds / length), unit);
}

/** A moment with its date and seconds, in the person's own zone. */
export function exactTime(moment) {
  return exact.format(moment);
}

/** A moment's hour and minute, in the person's own zone. */
export function clockTime(moment) {
  return clock.format(moment);
}

/** A moment's day in words, in the person's own zone. */
export function day(moment, now = new Date()) {
  const then = new Date(moment);
  const midnight = (at) => new Date(at.getFullYear(), at.getMonth(), at.getDate());
  const days = Math.round((midnight(now) - midnight(then)) / 86_400_000);
  if (days === 0) return 'Today';
  if (days === 1) return 'Yesterday';
  return then.getFullYear() === now.getFullYear() ? date.format(then) : dateWithYear.format(then);
}

/** A moment as an element: how long ago it was, kept right, and the exact time on hover. */
export function time(moment, words = ago) {
  return el('time', {
    datetime: new Date(moment).toISOString(), title: exactTime(moment),
    'data-moment': words === ago ? moment : null,
  }, words(moment));
}

setInterval(() => {
  for (const element of document.querySelectorAll('time[data-moment]')) {
    element.textContent = ago(Number(element.dataset.moment));
  }
}, 20_000);
