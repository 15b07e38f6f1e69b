// Choosing a password by a link: asking for the link, and what the link leads to.

import { change } from '/pages/look/api.js';
import { el, put } from '/pages/look/base/dom.js';
import { blank, field, form, t } from '/pages/look/parts.js';
import { enterDoor } from '/pages/look/shell.js';
import { takeToken } from './link.js';
import { newPassword } from './password.js';

enterDoor('reset.title', (page) => {
  const token = takeToken();
  return token ? choose(page, token) : request(page);
});

function request(page) {
  const email = field({ name: 'email', label: t('door.email'), kind: 'email', id: 'email', attributes: { autocomplete: 'username' } });
  const made = form({
    fields: [email], isDraft: false, submit: t('reset.send'),
    save: ({ email: typed }) => change('POST', '/api/v1/resets/requests', { body: { email: typed.trim() }, plain: true }),
    saved: () => put(page, blank({
      picture: 'mail', level: 1, title: t('reset.sent'), text: t('reset.sentText'),
      acts: [el('a', { class: 'button', href: '/' }, t('reset.back'))],
    })),
  });
  put(page, el('div', {}, el('h1', {}, t('reset.title')), el('p', {}, t('reset.lead'))), made.element,
    el('a', { href: '/' }, t('reset.back')));
  email.input.focus();
}

function choose(page, token) {
  const password = newPassword({ about: () => ({ token }) });
  const made = form({
    fields: [password], isDraft: false, submit: t('reset.set'),
    save: ({ password: chosen }) => change('POST', '/api/v1/resets', { body: { token, password: chosen }, plain: true }),
    saved: () => put(page, blank({
      picture: 'ok', level: 1, title: t('reset.done'), text: t('reset.doneText'),
      acts: [el('a', { class: 'button primary', href: '/' }, t('door.in'))],
    })),
  });
  put(page, el('div', {}, el('h1', {}, t('reset.choose')), el('p', {}, t('reset.chooseLead'))), made.element,
    el('a', { href: '/pages/reset/' }, t('reset.again')));
  password.input.focus();
}
