// Fields of forms: a label above, a hint below, and the error in the hint's place.

import { button, el, freshId, heard, icon, put } from '../base/dom.js';
import { t } from '../base/words.js';

/** What a kind of field is in HTML; what is not here is a text. */
const types = {
  email: { type: 'email', inputmode: 'email', autocapitalize: 'off', spellcheck: 'false' },
  password: { type: 'password', spellcheck: 'false' },
  url: { type: 'url', inputmode: 'url', spellcheck: 'false' },
  number: { inputmode: 'decimal', class: 'input num' },
  date: { type: 'date' },
  code: { inputmode: 'numeric', autocomplete: 'one-time-code', class: 'input code-input', spellcheck: 'false' },
  search: { type: 'search', autocomplete: 'off' },
};

/**
 * A field: `name`, `label`, and where they apply `kind` (`text`, `email`, `password`, `url`,
 * `number`, `date`, `code`, `textarea`, `select`, `check`, `switch`, `radio`), `hint`, `optional`,
 * `options` as `[value, words]`, `pointer` (where the value stands in what is sent, `/name` unless
 * told), `value`, `rules` (see `rulesOf`), `id`, and attributes such as `autocomplete`. Gives `{ name, pointer, element, input,
 * read(), write(value), say(error) }`.
 */
export function field(form) {
  const made = form.kind === 'radio' ? choiceOf(form)
    : form.kind === 'check' || form.kind === 'switch' ? ticked(form) : typed(form);
  const error = el('span', { class: 'error', id: freshId('error'), hidden: true });
  const rules = form.rules ? rulesOf(form.rules, made.input) : null;
  const hint = form.hint ? el('span', { class: 'hint', id: freshId('hint') }, form.hint) : null;
  made.element.append(...[rules, hint, error].filter(Boolean));
  if (hint ?? rules) made.input.setAttribute('aria-describedby', (hint ?? rules).id);
  if (form.value !== undefined) {
    made.write(form.value);
    made.input.dispatchEvent(new Event('input'));
  }
  return {
    name: form.name, label: form.label, pointer: form.pointer ?? `/${form.name}`, required: !form.optional, ...made,
    /** Says what is wrong, or takes it back. */
    say(words) {
      const isWrong = Boolean(words);
      error.hidden = !isWrong;
      put(error, isWrong ? [icon('bad', 'small'), el('span', {}, words)] : null);
      if (hint) hint.hidden = isWrong;
      if (isWrong) made.input.setAttribute('aria-invalid', 'true');
      else made.input.removeAttribute('aria-invalid');
      const by = isWrong ? error.id : (hint ?? rules)?.id;
      if (by) made.input.setAttribute('aria-describedby', by);
      else made.input.removeAttribute('aria-describedby');
    },
  };
}

/** Rules that are shown while somebody types: `words(value)` and whether `isMet(value)` each. */
function rulesOf(list, input) {
  const lines = list.map(() => el('li'));
  const show = () => list.forEach((rule, index) => {
    const isMet = rule.isMet(input.value);
    lines[index].className = isMet ? 'is-ok' : '';
    put(lines[index], icon(isMet ? 'check' : 'minus', 'small'), el('span', {}, rule.words(input.value)),
      heard(` (${t(isMet ? 'rule.met' : 'rule.open')})`));
  });
  input.addEventListener('input', show);
  show();
  return el('ul', { class: 'rules', id: freshId('rules') }, lines);
}

function head(form, id) {
  return el('label', { for: id }, form.label, form.optional ? el('span', { class: 'optional' }, ' ', t('field.optional')) : null);
}

function typed(form) {
  const { name, kind = 'text', options, attributes = {} } = form;
  const id = form.id ?? freshId('field');
  const common = { id, name, disabled: form.disabled, required: !form.optional, ...attributes };
  let input;
  if (kind === 'select') {
    input = el('select', { class: 'select', ...common }, options.map(([value, words]) => el('option', { value }, words)));
  } else if (kind === 'textarea') {
    input = el('textarea', { class: 'textarea', dir: 'auto', rows: 3, ...common });
  } else {
    input = el('input', { class: 'input', dir: types[kind] ? null : 'auto', ...types[kind], ...common });
  }
  const place = kind === 'password' ? withEye(input) : input;
  return {
    element: el('div', { class: 'field', 'data-field': name }, head(form, id), place), input,
    read: () => (kind === 'number' ? readNumber(input.value) : input.value),
    write: (value) => { input.value = value ?? ''; },
  };
}

function readNumber(text) {
  if (!text.trim()) return null;
  const value = Number(text.trim().replace(',', '.'));
  return Number.isFinite(value) ? value : text;
}

function withEye(input) {
  const eye = button(null, {
    kind: 'quiet small', picture: 'eye', label: t('field.show'), 'aria-pressed': 'false',
    act: () => {
      const isShown = input.type === 'password';
      input.type = isShown ? 'text' : 'password';
      eye.setAttribute('aria-pressed', String(isShown));
    },
  });
  return el('div', { class: 'affix' }, input, eye);
}

function ticked(form) {
  const id = freshId('field');
  const isSwitch = form.kind === 'switch';
  const input = el('input', {
    type: 'checkbox', id, name: form.name, class: isSwitch ? 'switch' : null, role: isSwitch ? 'switch' : null,
    disabled: form.disabled, ...form.attributes,
  });
  return {
    element: el('div', { class: 'field', 'data-field': form.name }, el('label', { class: 'check', for: id }, input, el('span', {}, form.label))),
    input, read: () => input.checked, write: (value) => { input.checked = Boolean(value); },
  };
}

function choiceOf(form) {
  const id = freshId('field');
  const inputs = form.options.map(([value]) => el('input', { type: 'radio', name: form.name, value, ...form.attributes }));
  const element = el('div', { class: 'field', role: 'radiogroup', 'aria-labelledby': id, 'data-field': form.name },
    el('span', { class: 'label', id }, form.label),
    form.options.map(([, words, hint], index) => el('label', { class: 'check' }, inputs[index],
      el('span', {}, words, hint ? el('span', { class: 'hint' }, hint) : null))));
  return {
    element, input: inputs[0],
    read: () => inputs.find((input) => input.checked)?.value ?? null,
    write: (value) => { for (const input of inputs) input.checked = input.value === value; },
  };
}
