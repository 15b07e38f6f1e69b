// A customer who is added by hand, and the fields in which all are edited.

import { change, path } from '/pages/look/api.js';
import { button, el, field, form, freshId, icon, name, openDialog, put, t, toast } from '/pages/look/parts.js';

/** Fields of the business's own. */
const mostFields = 20;

/** The choice of labels: `{ element, read() }`. */
export function labelChoice(labels, borne = []) {
  const boxes = labels.filter((label) => !label.isArchived || borne.includes(label.id)).map((label) => ({
    id: label.id, input: el('input', { type: 'checkbox', checked: borne.includes(label.id), 'data-label': label.id }), label,
  }));
  return {
    element: el('fieldset', { class: 'customer-choose' }, el('legend', {}, t('customers.labels')), boxes.length
      ? el('div', {}, boxes.map(({ input, label }) => el('label', { class: 'check' }, input, name(label.name))))
      : el('p', { class: 'soft' }, t('customers.noLabels'))),
    read: () => boxes.filter(({ input }) => input.checked).map(({ id }) => id),
  };
}

/** Fields of the business's own, added and taken away line by line: `{ element, read() }`. */
export function ownFields(list = []) {
  const rows = el('div', { class: 'customer-fields' });
  const line = ({ name: called = '', value = '' } = {}) => {
    const [one, other] = [freshId('field'), freshId('field')];
    const made = el('div', { class: 'row' },
      el('div', { class: 'field grow' }, el('label', { for: one }, t('customers.fieldName')), el('input', { class: 'input', id: one, maxlength: 40, value: called, dir: 'auto', 'data-own': 'name' })),
      el('div', { class: 'field grow' }, el('label', { for: other }, t('customers.fieldValue')), el('input', { class: 'input', id: other, maxlength: 200, value, dir: 'auto', 'data-own': 'value' })),
      button(null, {
        kind: 'quiet', picture: 'x', label: t('customers.fieldRemove'), act: () => {
          made.remove();
          settle();
          add.focus();
        },
      }));
    return made;
  };
  const add = button(t('customers.fieldAdd'), {
    kind: 'small', picture: 'plus', 'data-act': 'field-add', act: () => {
      const made = line();
      rows.append(made);
      made.querySelector('input').focus();
      settle();
    },
  });
  const settle = () => { add.disabled = rows.children.length >= mostFields; };
  put(rows, list.map(line));
  settle();
  return {
    element: el('fieldset', { class: 'customer-choose' }, el('legend', {}, t('customers.fields')), rows, el('div', {}, add)),
    read: () => [...rows.children].map((row) => ({
      name: row.querySelector('[data-own="name"]').value.trim(), value: row.querySelector('[data-own="value"]').value.trim(),
    })).filter((each) => each.name && each.value),
  };
}

/** The fields of what is kept. */
export function keptFields() {
  return [
    field({ name: 'name', label: t('customers.name'), optional: true, hint: t('customers.nameHint'), attributes: { maxlength: 100, autocomplete: 'off', dir: 'auto' } }),
    [
      field({ name: 'email', kind: 'email', label: t('customers.email'), optional: true, attributes: { maxlength: 254, autocomplete: 'off' } }),
      field({ name: 'language', label: t('customers.language'), optional: true, hint: t('customers.languageHint'), attributes: { maxlength: 12, autocapitalize: 'off', spellcheck: 'false' } }),
    ],
    field({ name: 'note', kind: 'textarea', label: t('customers.note'), optional: true, hint: t('customers.noteHint'), attributes: { maxlength: 2000, rows: 3, dir: 'auto' } }),
  ];
}

/** What is sent of them: nothing stands for what is empty. */
export function keptValues({ name: called, email, language, note }) {
  const filled = (text) => text.trim() || undefined;
  return { name: filled(called), email: filled(email), language: filled(language)?.toLowerCase(), note: filled(note) };
}

/** Opens the form; `made(customer)` is called with who was added. */
export function openNew({ tenant, labels, made }) {
  const [choice, own] = [labelChoice(labels), ownFields()];
  const fields = form({
    fields: [
      field({ name: 'phone', label: t('customers.phone'), hint: t('customers.phoneHint'), attributes: { maxlength: 40, inputmode: 'tel', autocomplete: 'off', dir: 'ltr' } }),
      ...keptFields(),
    ],
    extra: [choice.element, own.element], submit: t('customers.add'), cancel: () => dialog.close(),
    save: (values, { once }) => change('POST', path(['tenants', tenant, 'customers']), {
      body: { phone: values.phone.trim(), ...keptValues(values), labels: choice.read(), fields: own.read() }, once,
    }),
    saved: (answer) => {
      dialog.close();
      toast(t('customers.added'));
      made(answer.customer);
    },
  });
  const dialog = openDialog({ kind: 'drawer', title: t('customers.new'), body: el('div', { class: 'stack' }, el('p', { class: 'soft row tight' }, icon('info', 'small'), t('customers.newText')), fields.element) });
  dialog.id = 'new-customer';
}
