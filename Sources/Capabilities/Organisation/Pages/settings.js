// The parts of the settings: each is saved on its own, and what somebody else changed meanwhile is
// not overwritten unseen.

import { ask, change, path } from '/pages/look/api.js';
import { may } from '/pages/look/base/session.js';
import { languages } from '/pages/look/base/languages.js';
import { button, card, dayOf, el, field, form, put, startOfDay, t, toast } from '/pages/look/parts.js';

/** A part of the settings with its form. `read` makes what is shown, `write` what is sent. */
export async function part(tenant, name, { title, lead, fields, read, write, permission, end, kind, saved }) {
  const target = path(['tenants', tenant, 'organisation', name]);
  const now = await ask(target);
  const made = form({
    fields: may(permission) ? fields : fields.flat().map(disabled),
    values: read(now), version: now.version, kind, saved,
    save: (values, { version }) => change('PUT', target, { body: write(values), version: `"${version}"` }),
    reload: async () => {
      const theirs = await ask(target);
      return { values: read(theirs), version: theirs.version };
    },
  });
  if (!may(permission)) made.element.querySelector('[type="submit"]').remove();
  return card({ title, body: [el('p', { class: 'soft' }, lead), made.element], end });
}

function disabled(each) {
  if (each.disable) each.disable();
  else each.input.disabled = true;
  return each;
}

export async function profileTab(tenant, place) {
  return [
    await part(tenant, 'profile', {
      title: t('organisation.profile'), lead: t('organisation.profileLead'), permission: 'settings:write',
      fields: [
        field({ name: 'name', label: t('organisation.name'), attributes: { maxlength: 100, autocomplete: 'organization' } }),
        field({ name: 'address', kind: 'textarea', label: t('organisation.address'), optional: true, attributes: { maxlength: 500, autocomplete: 'street-address' } }),
      ],
      read: ({ name, address }) => ({ name, address: address ?? '' }),
      write: ({ name, address }) => ({ name: name.trim(), address: address.trim() }),
    }),
    await logoCard(tenant),
    await part(tenant, 'suspension', {
      title: t('organisation.notice'), lead: t('organisation.noticeLead'), permission: 'settings:write',
      fields: [field({ name: 'notice', kind: 'textarea', label: t('organisation.noticeWords'), optional: true, attributes: { maxlength: 1000 } })],
      read: ({ notice }) => ({ notice: notice ?? '' }), write: ({ notice }) => ({ notice: notice.trim() }),
    }),
  ];
}

/** The most bytes of a logo. */
const mostBytes = 262_144;

async function logoCard(tenant) {
  const target = path(['tenants', tenant, 'organisation', 'profile']);
  const place = el('div', { class: 'organisation-logo' });
  const wrong = el('p', { class: 'is-bad', role: 'alert', hidden: true });
  const picker = el('input', { type: 'file', accept: 'image/png,image/jpeg,image/webp', hidden: true, id: 'logo-file' });
  let now = await ask(target);

  async function sent(method, options) {
    wrong.hidden = true;
    try {
      // Whoever changed the name meanwhile did not mean the logo.
      now = await ask(target);
      now = await change(method, path(['tenants', tenant, 'organisation', 'logo']), { ...options, version: `"${now.version}"` });
      toast(t('form.saved'));
    } catch (problem) {
      wrong.hidden = false;
      wrong.textContent = problem.words;
    }
    show();
  }
  picker.addEventListener('change', () => {
    const [file] = picker.files;
    picker.value = '';
    if (!file) return;
    if (file.size > mostBytes) {
      wrong.hidden = false;
      wrong.textContent = t('organisation.logoLarge');
      return;
    }
    sent('PUT', { bytes: file });
  });
  function show() {
    put(place,
      now.logo ? el('img', { src: now.logo, alt: t('organisation.logo'), width: 96, height: 96 }) : el('p', { class: 'soft' }, t('organisation.noLogo')),
      may('settings:write') ? el('div', { class: 'row' },
        button(now.logo ? t('organisation.logoOther') : t('organisation.logoAdd'), { picture: 'image', act: () => picker.click(), id: 'logo-choose' }),
        now.logo ? button(t('organisation.logoRemove'), { kind: 'quiet', act: () => sent('DELETE'), id: 'logo-remove' }) : null) : null);
  }
  show();
  return card({ title: t('organisation.logo'), body: [el('p', { class: 'soft' }, t('organisation.logoLead')), place, picker, wrong] });
}

/** Date formats that the API takes. */
const formats = ['d/M/y', 'dd/MM/y', 'M/d/y', 'd.M.y', 'd-M-y', 'y-MM-dd', 'd MMM y'];

/** A day as a format writes it. */
function sample(format) {
  const when = new Date(Date.UTC(2027, 2, 9));
  const parts = {
    dd: '09', d: '9', MMM: new Intl.DateTimeFormat(undefined, { month: 'short', timeZone: 'UTC' }).format(when), MM: '03', M: '3', y: '2027',
  };
  return format.replace(/dd|d|MMM|MM|M|y/g, (part) => parts[part]);
}

/** The time zones that the browser knows. */
export function zones() {
  const known = Intl.supportedValuesOf?.('timeZone') ?? [];
  return [...new Set([...known, 'UTC'])].map((zone) => [zone, zone.replaceAll('_', ' ')]);
}

/** The fields of language, zone and date format, wherever an organisation is made or changed. */
export function localeFields(pointer = '') {
  const where = (name) => ({ name, pointer: `${pointer}/${name}` });
  return [
    field({ ...where('language'), kind: 'select', label: t('organisation.language'), options: Object.entries(languages).map(([code, each]) => [code, each.name]) }),
    field({ ...where('timeZone'), kind: 'select', label: t('organisation.timeZone'), options: zones() }),
    field({ ...where('dateFormat'), kind: 'select', label: t('organisation.dateFormat'), options: formats.map((format) => [format, sample(format)]) }),
  ];
}

export async function localeTab(tenant) {
  return part(tenant, 'locale', {
    title: t('organisation.locale'), lead: t('organisation.localeLead'), permission: 'settings:write',
    fields: localeFields(),
    read: ({ language, timeZone, dateFormat }) => ({ language, timeZone, dateFormat }), write: (values) => values,
  });
}

export async function securityTab(tenant) {
  return part(tenant, 'security', {
    title: t('organisation.security'), lead: t('organisation.securityLead'), permission: 'security:write',
    fields: [
      field({ name: 'factor', kind: 'switch', label: t('organisation.factor') }),
      field({ name: 'from', kind: 'date', label: t('organisation.factorFrom'), hint: t('organisation.factorHint'), optional: true, pointer: '/secondFactorFrom' }),
      field({ name: 'passwordCharacters', kind: 'number', label: t('organisation.password'), hint: t('organisation.passwordHint'), optional: true }),
      [
        field({ name: 'idleMinutes', kind: 'number', label: t('organisation.idle'), hint: t('organisation.idleHint') }),
        field({ name: 'longestMinutes', kind: 'number', label: t('organisation.longest'), hint: t('organisation.longestHint') }),
      ],
      field({ name: 'networks', kind: 'textarea', label: t('organisation.networks'), hint: t('organisation.networksHint'), optional: true, attributes: { spellcheck: 'false', dir: 'ltr' } }),
    ],
    read: (now) => ({
      factor: now.secondFactorFrom !== undefined, from: now.secondFactorFrom === undefined ? '' : dayOf(now.secondFactorFrom),
      passwordCharacters: now.passwordCharacters ?? '', idleMinutes: now.idleMinutes, longestMinutes: now.longestMinutes,
      networks: now.networks.join('\n'),
    }),
    write: (values) => ({
      ...(values.factor ? { secondFactorFrom: values.from ? startOfDay(values.from) : Date.now() } : {}),
      ...(values.passwordCharacters === null ? {} : { passwordCharacters: values.passwordCharacters }),
      idleMinutes: values.idleMinutes, longestMinutes: values.longestMinutes,
      networks: values.networks.split(/[\s,;]+/).filter(Boolean),
    }),
  });
}
