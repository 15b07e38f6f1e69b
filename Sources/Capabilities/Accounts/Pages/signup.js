// Signing up, where the installation allows it: an account, its address verified by a mail, then the
// organisation.

import { ask, change, path } from '/pages/look/api.js';
import { languages } from '/pages/look/base/languages.js';
import { arrive, enterOrganisation, isHere, who } from '/pages/look/base/session.js';
import { language } from '/pages/look/base/words.js';
import { blank, el, field, form, put, rich, t } from '/pages/look/parts.js';
import { enterDoor } from '/pages/look/shell.js';
import { newPassword } from './password.js';

/** What was typed of the organisation before the address was verified; in this browser only. */
const kept = 'parley.sign-up';

enterDoor('signup.title', async (page) => {
  const { isOpen, plans } = await ask(path(['sign-up']));
  await arrive().catch(() => false);
  if (!isOpen) {
    return put(page, blank({ picture: 'lock', level: 1, title: t('signup.closed'), text: t('signup.closedText') }));
  }
  if (!isHere() || who().kind !== 'person') return put(page, ...account(page));
  if (!who().own.isVerified) return put(page, ...waiting(who().own.email));
  return put(page, ...founding(plans));
});

function head(title, lead) {
  return el('div', {}, el('h1', {}, t(title)), el('p', {}, t(lead)));
}

function steps(now) {
  return el('ol', { class: 'signup-steps', 'aria-label': t('signup.steps') }, ['account', 'mail', 'organisation'].map((step) => el('li', {
    'aria-current': step === now ? 'step' : null,
  }, t('signup.step.' + step))));
}

function account(page) {
  const title = field({ name: 'name', label: t('join.name'), attributes: { class: 'input tall', autocomplete: 'name', maxlength: 100 } });
  const email = field({ name: 'email', kind: 'email', label: t('door.email'), attributes: { class: 'input tall', autocomplete: 'email' } });
  const business = field({ name: 'business', label: t('signup.business'), attributes: { class: 'input tall', autocomplete: 'organization', maxlength: 100 } });
  const password = newPassword({ about: () => ({ name: title.read(), email: email.read().trim() }) });
  const made = form({
    submit: t('signup.make'), fields: [title, email, business, password],
    save: async (values) => {
      localStorage.setItem(kept, JSON.stringify({ name: values.business }));
      await change('POST', path(['sign-up']), {
        body: { name: values.name, email: values.email.trim(), password: values.password, language: language() }, plain: true,
      });
      return { email: values.email.trim() };
    },
    saved: (answer) => put(page, ...waiting(answer.email)),
  });
  return [
    steps('account'), head('signup.title', 'signup.lead'), made.element,
    el('p', { class: 'meta' }, rich('signup.has', { link: el('a', { href: '/pages/sign-in/?to=/pages/signup/' }, t('door.in')) })),
  ];
}

function waiting(email) {
  return [
    steps('mail'), blank({
      picture: 'mail', level: 1, title: t('signup.mail'), text: t('signup.mailText', { email }),
      acts: [el('a', { class: 'button primary', href: '/pages/sign-in/?to=/pages/signup/' }, t('signup.verified'))],
    }),
  ];
}

/** An id for the address bar, from a name. */
function slugOf(words) {
  return words.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase().replace(/[^a-z0-9]+/g, '-').replace(/^-+|-+$/g, '').slice(0, 63);
}

/** The usual date format of a language. */
const formats = { en: 'd MMM y', es: 'd/M/y' };

function founding(plans) {
  let before = {};
  try { before = JSON.parse(localStorage.getItem(kept)) ?? {}; } catch { /* it is typed again */ }
  const title = field({ name: 'name', label: t('signup.business'), attributes: { class: 'input tall', autocomplete: 'organization', maxlength: 100 } });
  const slug = field({
    name: 'id', label: t('signup.id'), hint: t('signup.idHint'),
    attributes: { class: 'input tall', maxlength: 63, autocapitalize: 'off', spellcheck: 'false', dir: 'ltr' },
  });
  let isOwn = false;
  slug.input.addEventListener('input', (event) => { if (event.isTrusted) isOwn = slug.input.value !== ''; });
  title.input.addEventListener('input', (event) => { if (event.isTrusted && !isOwn) slug.write(slugOf(title.input.value)); });
  const made = form({
    submit: t('signup.found'),
    fields: [
      title, slug,
      field({ name: 'language', kind: 'select', label: t('signup.language'), pointer: '/locale/language', options: Object.entries(languages).map(([code, each]) => [code, each.name]) }),
      ...(plans.length > 1 ? [field({ name: 'plan', kind: 'select', label: t('signup.plan'), options: plans.map((plan) => [plan, plan]) })] : []),
    ],
    values: { name: before.name ?? '', id: slugOf(before.name ?? ''), language: language(), plan: plans[0] },
    save: (values, { once }) => change('POST', path(['me', 'organisations']), {
      body: {
        id: values.id, name: values.name, plan: values.plan ?? plans[0],
        locale: {
          language: values.language, timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone || 'UTC', dateFormat: formats[values.language] ?? 'y-MM-dd',
        },
      },
      once,
    }),
    saved: (answer) => {
      localStorage.removeItem(kept);
      enterOrganisation({ id: answer.tenant, name: answer.organisation });
      location.replace('/');
    },
  });
  return [steps('organisation'), head('signup.organisation', 'signup.organisationLead'), made.element];
}
