// Making an organisation, with whoever is to own it.

import { change, path } from '/pages/look/api.js';
import { languages } from '/pages/look/base/languages.js';
import { el, field, form, language, openDialog, t, toast } from '/pages/look/parts.js';

/** An id for the address bar, from a name. */
export function slugOf(words) {
  return words.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase().replace(/[^a-z0-9]+/g, '-').replace(/^-+|-+$/g, '').slice(0, 63);
}

/** The usual date format of a language. */
const formats = { en: 'd MMM y', es: 'd/M/y' };

/** What an organisation begins with, as this browser has it. */
export function localeHere(tongue = language()) {
  return {
    language: tongue, timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone || 'UTC', dateFormat: formats[tongue] ?? 'y-MM-dd',
  };
}

/** Lets the id follow the name until somebody types one. */
export function followName(title, slug) {
  let isOwn = false;
  slug.input.addEventListener('input', (event) => { if (event.isTrusted) isOwn = slug.input.value !== ''; });
  title.input.addEventListener('input', (event) => {
    if (isOwn || !event.isTrusted) return;
    slug.write(slugOf(title.input.value));
  });
}

/** Opens the dialog; gives the new tenant's id, or null. */
export function createDialog() {
  return new Promise((resolve) => {
    let made = null;
    const title = field({ name: 'name', label: t('tenants.organisation'), attributes: { maxlength: 100, autofocus: true, autocomplete: 'organization' } });
    const slug = field({ name: 'id', label: t('tenants.id'), hint: t('tenants.idHint'), attributes: { maxlength: 63, autocapitalize: 'off', spellcheck: 'false', pattern: '[a-z0-9]([a-z0-9\\-]*[a-z0-9])?', dir: 'ltr' } });
    followName(title, slug);
    const fields = form({
      fields: [
        title, slug,
        field({ name: 'plan', label: t('tenants.plan'), attributes: { maxlength: 100 }, value: 'free' }),
        field({ name: 'language', kind: 'select', label: t('tenants.language'), pointer: '/locale/language', options: Object.entries(languages).map(([code, each]) => [code, each.name]), value: language() }),
        field({ name: 'timeZone', label: t('tenants.timeZone'), pointer: '/locale/timeZone', value: localeHere().timeZone, attributes: { dir: 'ltr', spellcheck: 'false' } }),
        field({ name: 'owner', kind: 'email', label: t('tenants.ownerMail'), hint: t('tenants.ownerHint'), optional: true, attributes: { autocomplete: 'off' } }),
      ],
      submit: t('tenants.addDo'), cancel: () => dialog.close(),
      save: ({ name, id, plan, language: tongue, timeZone, owner }, { once }) => change('POST', path(['organisations']), {
        body: { id, name, plan, locale: { ...localeHere(tongue), timeZone }, ...(owner.trim() ? { owner: owner.trim() } : {}) }, once,
      }),
      saved: (answer) => {
        made = answer.listed.organisation.id;
        dialog.close();
        toast(t('tenants.added', { name: answer.listed.organisation.name }));
      },
      values: { plan: 'free', language: language(), timeZone: localeHere().timeZone },
    });
    const dialog = openDialog({ title: t('tenants.add'), body: [el('p', { class: 'soft' }, t('tenants.addText')), fields.element], closed: () => resolve(made) });
    dialog.id = 'create-dialog';
  });
}
