// The words of every page: texts by key, in the language that the person chose.

import { choice, choose } from './choices.js';
import { nodes } from './dom.js';
import { files, languages } from './languages.js';

/** The language of which everything is there. */
const whole = 'en';
/** A language for trying pages out: every text of a catalogue is marked, so what is not stands out. */
const marked = 'marked';

const asked = new URLSearchParams(location.search);
const state = { language: pick(), texts: {}, others: {}, rules: new Map(), rooms: {} };

function pick() {
  const wanted = [asked.get('language'), choice('language'), ...navigator.languages];
  for (const tag of wanted) {
    if (tag === marked) return marked;
    const code = tag?.split('-')[0];
    if (Object.hasOwn(languages, code)) return code;
  }
  return whole;
}

/** The language's code, as Intl and the `lang` attribute take it. */
export function language() {
  return state.language === marked ? whole : state.language;
}

/** The language together with the region that the person's browser names, for numbers and dates. */
export function locale() {
  return navigator.languages.find((tag) => tag.split('-')[0] === language()) ?? language();
}

/** The direction of the page: `ltr` or `rtl`. */
export function direction() {
  return asked.get('direction') ?? choice('direction') ?? languages[language()].direction ?? 'ltr';
}

/** Keeps another language, and shows the page in it. */
export function speak(code) {
  choose('language', code);
  const address = new URL(location);
  address.searchParams.delete('language');
  history.replaceState(null, '', address);
  location.reload();
}

/**
 * Takes the language that a person keeps in their profile, unless another was chosen in this browser.
 * Gives whether words have to be loaded for it.
 */
export function adopt(code) {
  if (asked.get('language') || choice('language') || code === state.language || !Object.hasOwn(languages, code ?? '')) return false;
  state.language = code;
  state.rules.clear();
  return true;
}

/** Loads the words of the frame and of rooms. */
export async function loadWords(...rooms) {
  const root = document.documentElement;
  root.lang = language();
  root.dir = direction();
  const [mine, fallback] = await Promise.all([read(language(), rooms), read(whole, rooms)]);
  state.texts = mine;
  state.others = fallback;
}

async function read(code, rooms) {
  const file = await files[code]();
  const more = await Promise.all(rooms.map((room) => file.rooms?.[room]?.()));
  return Object.assign({}, file.words, ...more.map((each) => each?.words));
}

/** Whether there is a text for a key. */
export function knows(key) {
  return Object.hasOwn(state.texts, key) || Object.hasOwn(state.others, key);
}

/**
 * The text of a key. `{name}` stands for a value: numbers are written as the language writes them.
 * A text with several forms is chosen by the value `count`.
 */
export function t(key, values = {}) {
  return form(key, values).replace(/\{(\w+)\}/g, (_, name) => said(values[name]));
}

/** The text of a key as nodes, in which `{name}` may stand for a node. */
export function rich(key, values = {}) {
  const parts = form(key, values).split(/\{(\w+)\}/);
  return nodes(parts.map((part, index) => {
    if (index % 2 === 0) return part || null;
    const value = values[part];
    return value instanceof Node || Array.isArray(value) ? value : said(value);
  }));
}

function form(key, values) {
  let text = state.texts[key] ?? state.others[key];
  if (text === undefined) return key;
  if (typeof text === 'object') {
    const rules = kept('plural', () => new Intl.PluralRules(language()));
    text = text[rules.select(Number(values.count))] ?? text.other;
  }
  return state.language === marked ? `⟦${text}⟧` : text;
}

/** Letters that are written from right to left. */
const backwards = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]/;

function said(value) {
  if (typeof value === 'number') return number(value);
  const text = String(value ?? '');
  // A name in another direction keeps to its own place (Unicode's isolates).
  const turns = /\p{L}/u.test(text) && backwards.test(text) !== (direction() === 'rtl');
  return turns ? `\u2068${text}\u2069` : text;
}

function kept(name, make) {
  if (!state.rules.has(name)) state.rules.set(name, make());
  return state.rules.get(name);
}

/** A number as the language writes it. */
export function number(value, options = {}) {
  return kept('number' + JSON.stringify(options), () => new Intl.NumberFormat(locale(), options)).format(value);
}

/** A part of a whole, from 0 to 1, in per cent. */
export function percent(value, digits = 0) {
  return number(value, { style: 'percent', maximumFractionDigits: digits });
}

/** Names one after another: `a, b and c`. */
export function series(values) {
  return kept('list', () => new Intl.ListFormat(locale())).format(values);
}

/** Compares names as a reader of the language sorts them. */
export function compare(one, other) {
  return kept('collator', () => new Intl.Collator(locale(), { numeric: true })).compare(one, other);
}

/** A bare form of a text for searching: without marks on letters, in small ones. */
export function plain(text) {
  return text.normalize('NFD').replace(/\p{M}/gu, '').toLocaleLowerCase(language());
}
