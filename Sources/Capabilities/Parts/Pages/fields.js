// Fields, and forms in every state.

import { button, card, el, field, form, t } from '/pages/look/parts.js';
import { given, saveMember } from './samples.js';
import { shelf } from './shelf.js';

/** Fields in every state, and a form that the console would refuse. */
export function fields() {
  const words = (key, values) => t('parts.field.' + key, values);
  const all = [
    field({ name: 'business', label: words('business'), hint: words('businessHint'), value: given.business, attributes: { autocomplete: 'organization' } }),
    field({ name: 'zone', kind: 'select', label: words('zone'), options: given.zones.map((zone) => [zone, zone]) }),
    field({ name: 'opens', label: words('opens'), optional: true, attributes: { placeholder: '9:30' } }),
    field({ name: 'greeting', kind: 'textarea', label: words('greeting'), value: given.greeting, attributes: { lang: 'es' } }),
    field({ name: 'slug', label: words('slug'), hint: words('slugHint'), value: 'bicicletas-sol', disabled: true }),
    field({ name: 'day', kind: 'date', label: words('day'), value: '2026-11-29' }),
    field({ name: 'code', kind: 'code', label: words('code') }),
    field({ name: 'mails', kind: 'check', label: words('mails'), value: true }),
    field({ name: 'second', kind: 'switch', label: words('second'), value: true, hint: words('secondHint') }),
    field({ name: 'when', kind: 'radio', label: words('when'), value: 'now', options: [['now', words('now'), words('nowHint')], ['daily', words('daily')]] }),
  ];
  const wrong = field({ name: 'wrong', kind: 'email', label: words('mail'), value: 'laia@bicicletassol', attributes: { autocomplete: 'off' } });
  wrong.say(t('error.bad_email'));
  const [business, zone, opens, ...rest] = all;
  return shelf('fields', el('div', { class: 'cols' },
    card({ title: words('states'), level: 3, body: el('div', { class: 'form' }, business.element, el('div', { class: 'form-row' }, zone.element, opens.element), rest.map((each) => each.element), wrong.element) }),
    card({ title: words('form'), level: 3, body: memberForm(words) })));
}

function memberForm(words) {
  const member = form({
    fields: [
      field({ name: 'mail', kind: 'email', label: words('mail'), hint: words('mailHint'), attributes: { autocomplete: 'off' } }),
      [
        field({ name: 'seats', kind: 'number', label: words('seats'), pointer: '/limits/seats', hint: words('seatsHint') }),
        field({ name: 'note', label: words('note'), optional: true }),
      ],
      field({
        name: 'password', kind: 'password', label: words('password'), attributes: { autocomplete: 'new-password' },
        rules: [
          { words: (value) => words('rule.length', { count: [...value].length }), isMet: (value) => [...value].length >= 15 },
          { words: () => words('rule.name'), isMet: (value) => value !== '' && !/bicicletas/i.test(value) },
        ],
      }),
    ],
    values: { mail: 'person@taken.example', seats: '9', note: '', password: 'correct horse battery' },
    version: '"1"', submit: words('invite'), save: saveMember,
    reload: async () => ({ values: { mail: 'theirs@bicicletassol.example', seats: '3' }, version: '"7"' }),
  });
  member.element.id = 'member';
  return [
    member.element,
    button(words('conflict'), { kind: 'small', id: 'conflict', act: () => { member.load({ values: member.values, version: 'old' }); member.element.requestSubmit(); } }),
  ];
}
