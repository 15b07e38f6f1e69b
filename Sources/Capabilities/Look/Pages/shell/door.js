// The door: it lets people in by address, password and second factor, and in need whoever has the
// installation's key.

import { change } from '../api.js';
import { button, el, icon, put } from '../base/dom.js';
import { arrive, installation, keepKey } from '../base/session.js';
import { rich, t } from '../base/words.js';
import { field } from '../parts/fields.js';
import { menuButton } from '../parts/menu.js';
import { brand } from './nav.js';
import { languageItems, themeButton } from './topbar.js';

/** The frame around what stands at a door; `width` is empty or `wide`. */
export function doorFrame(content, width = '') {
  return [
    el('header', {}, brand(), el('span', { class: 'push' }),
      menuButton({
        picture: 'globe', kind: 'quiet', label: t('language.head'), items: languageItems, end: true, 'data-act': 'language',
      }), themeButton()),
    el('main', { id: 'main', tabindex: '-1' }, el('div', { class: `door-card ${width}`.trim() }, content)),
    el('footer', {}, el('span', {}, t('door.foot'))),
  ];
}

/** What a door says: a notice that can be filled, and `say(words, kind)`. */
export function sayer(words, kind = '') {
  const text = el('p', {}, words ?? null);
  const element = el('div', { class: `notice ${kind}`.trim(), role: 'alert', id: 'wrong', hidden: !words }, icon('info'), el('div', { class: 'grow' }, text));
  const say = (said, how = 'bad') => {
    element.hidden = !said;
    element.className = `notice ${how}`.trim();
    put(text, said);
  };
  return { element, say };
}

/** Makes the door; `open` is called once somebody is in, `reason` is the key of why they stand here. */
export function door(open, reason) {
  const { element: notice, say } = sayer(reason && t(reason));
  const place = el('div', { class: 'stack' });
  const head = el('div', {}, el('h1', {}, t('door.title')), el('p', {}, t('door.lead')));
  const show = (part) => {
    put(place, part.element);
    part.first.focus();
  };
  const people = () => show(signIn({ open, say, toKey: () => { say(null); show(byKey({ open, say, back: people })); } }));
  const fresh = installation().isSetUp ? null
    : el('div', { class: 'notice' }, icon('info'), el('div', { class: 'grow' }, el('strong', {}, t('door.fresh')),
      el('p', {}, rich('door.freshText', { command: el('code', {}, 'parley setup') }))));
  return { parts: doorFrame([head, fresh, notice, place].filter(Boolean)), ready: people };
}

function signIn({ open, say, toKey }) {
  const email = field({
    name: 'email', label: t('door.email'), kind: 'email',
    id: 'email', attributes: { class: 'input tall', autocomplete: 'username', autofocus: true },
  });
  const password = field({
    name: 'password', label: t('door.password'), kind: 'password',
    id: 'password', attributes: { class: 'input tall', autocomplete: 'current-password' },
  });
  const code = field({
    name: 'code', label: t('door.code'), hint: t('door.codeHint'),
    id: 'code', attributes: { class: 'input tall', autocomplete: 'one-time-code', autocapitalize: 'off', spellcheck: 'false', required: false },
  });
  code.element.hidden = true;
  const go = button(t('door.in'), { kind: 'primary block tall', type: 'submit' });
  const element = el('form', { class: 'form', novalidate: true },
    email.element, password.element, code.element, go,
    el('div', { class: 'row' }, el('a', { href: '/pages/reset/' }, t('door.forgot')), el('span', { class: 'push' }),
      button(t('door.useKey'), { kind: 'quiet small', act: toKey, 'data-act': 'use-key' })),
    installation().isSignUpOpen ? el('p', { class: 'meta' }, rich('door.signUp', { link: el('a', { href: '/pages/signup/' }, t('door.signUpLink')) })) : null);
  element.addEventListener('submit', async (event) => {
    event.preventDefault();
    const values = { email: email.read().trim(), password: password.read() };
    for (const each of [email, password]) each.say(each.read() ? null : t('error.required'));
    if (!values.email) return email.input.focus();
    if (!values.password) return password.input.focus();
    if (!code.element.hidden && code.read().trim()) values.code = code.read().trim();
    go.disabled = true;
    try {
      await change('POST', '/api/v1/session', { body: values, plain: true });
      await arrive();
      open();
    } catch (problem) {
      wrong(problem, { say, email, password, code });
    } finally {
      go.disabled = false;
    }
  });
  return { element, first: email.input };
}

function wrong(problem, { say, email, password, code }) {
  const wait = problem.wait ? t('door.wait', { count: problem.wait }) : problem.words;
  if (problem.code === 'second_factor') {
    // The password was right: the code is asked for, and nothing else is said to be wrong.
    say(code.element.hidden ? null : t('door.codeNeeded'));
    code.element.hidden = false;
    return code.input.focus();
  }
  say(problem.code === 'throttled' ? wait : problem.words);
  if (problem.code === 'wrong_code' || problem.code === 'used_code') return code.input.select();
  if (problem.code !== 'wrong_credentials') return undefined;
  for (const each of [email, password]) each.input.setAttribute('aria-invalid', 'true');
  return password.input.select();
}

function byKey({ open, say, back }) {
  const input = field({
    name: 'key', label: t('door.key'), kind: 'password',
    hint: rich('door.hint', { file: el('span', { class: 'mono' }, 'console.key') }),
    id: 'key', attributes: { class: 'input tall', autocomplete: 'off' },
  });
  const go = button(t('door.in'), { kind: 'primary block tall', type: 'submit' });
  const element = el('form', { class: 'form', novalidate: true }, input.element, go,
    button(t('door.usePassword'), { kind: 'quiet small', act: back, 'data-act': 'use-password' }));
  element.addEventListener('submit', async (event) => {
    event.preventDefault();
    go.disabled = true;
    keepKey(input.read().trim());
    try {
      if (await arrive()) return open();
      say(t('door.wrong'));
    } catch {
      keepKey(null);
      say(t('problem.unreachable'));
    }
    go.disabled = false;
    input.input.setAttribute('aria-invalid', 'true');
    input.input.select();
    return undefined;
  });
  return { element, first: input.input };
}
