// What narrows a list: it stands in the page's address, too, so that a link opens with it.

import { button, el, icon } from '../base/dom.js';
import { dayOf, startOfDay } from '../base/times.js';
import { t } from '../base/words.js';

/** Typing pauses this long before the list is asked for, in milliseconds. */
const pause = 250;
/** The value of a period that is chosen day by day. */
const days = 'days';

/**
 * Filters of a list: `{ name, kind, label, options }` each, of the kinds `search`, `select` (with
 * `options` as `[value, words]`, or `{ head, options }` for a group) and `period` (in days, or two
 * dates named `first` and `last`). Gives `{ element, values, isEmpty, choose, clear, offer, listen }`.
 */
export function filters(label, list, { end = [] } = {}) {
  const heard = new Set();
  const parts = list.flatMap((filter) => made(filter));
  const fields = new Map(parts.flatMap((part) => part.fields));
  const clear = button(t('filter.clear'), { kind: 'quiet small', picture: 'x', type: 'reset', hidden: true, 'data-act': 'clear-filters' });
  const element = el('form', { class: 'filters grow', role: 'search', 'aria-label': label },
    parts.map((part) => part.element), clear, end);

  const values = () => Object.fromEntries([...fields].map(([name, field]) => [name, field.value.trim()]));
  const isEmpty = () => Object.values(values()).every((value) => !value);
  function show() {
    clear.hidden = isEmpty();
    for (const part of parts) part.show?.();
    for (const field of fields.values()) field.classList.toggle('on', field.tagName === 'SELECT' && field.value !== '');
  }
  function changed() {
    show();
    const address = new URL(location);
    for (const [name, value] of Object.entries(values())) {
      if (value) address.searchParams.set(name, value);
      else address.searchParams.delete(name);
    }
    history.replaceState(history.state, '', address);
    for (const each of heard) each();
  }
  /** Sets a filter; what a list does not offer yet is added to it. */
  function choose(name, value, words = value) {
    const field = fields.get(name);
    if (!field) return;
    if (field.tagName === 'SELECT' && ![...field.options].some((option) => option.value === value)) {
      field.append(el('option', { value }, words));
    }
    field.value = value;
  }
  /** Replaces what a list offers, and keeps what is chosen. */
  function offer(name, options) {
    const field = fields.get(name);
    const chosen = [field.value, field.selectedOptions[0]?.textContent];
    field.replaceChildren(...choices(options));
    choose(name, ...chosen);
  }
  let typing;
  element.addEventListener('submit', (event) => event.preventDefault());
  element.addEventListener('input', (event) => {
    clearTimeout(typing);
    typing = setTimeout(changed, event.target.type === 'search' ? pause : 0);
  });
  // The fields are empty only after the event.
  element.addEventListener('reset', () => setTimeout(changed));
  for (const [name, value] of new URLSearchParams(location.search)) choose(name, value);
  show();
  return {
    element, choose, offer, changed, get values() { return values(); }, get isEmpty() { return isEmpty(); },
    clear: () => element.reset(), listen: (each) => heard.add(each),
  };
}

function choices(options) {
  return options.map((option) => (option.head
    ? el('optgroup', { label: option.head }, choices(option.options))
    : el('option', { value: option[0] }, option[1])));
}

function made({ name, kind, label, options, keys }) {
  if (kind === 'search') {
    const input = el('input', {
      class: 'input', type: 'search', name, 'aria-label': label, placeholder: label, maxlength: 200,
      autocomplete: 'off', dir: 'auto', 'data-search': true,
    });
    return [{
      element: el('div', { class: 'affix' }, icon('search'), input,
        keys ? el('span', { class: 'keys', 'aria-hidden': 'true' }, el('kbd', {}, '/')) : null),
      fields: [[name, input]],
    }];
  }
  const select = el('select', { class: 'select auto', name, 'aria-label': label }, choices(options));
  if (kind !== 'period') return [{ element: select, fields: [[name, select]] }];
  const date = (which) => el('input', { class: 'input', type: 'date', name: which, 'aria-label': t('filter.' + which) });
  const [first, last] = [date('first'), date('last')];
  const range = el('span', { class: 'day-range', hidden: true }, first, el('span', { class: 'soft' }, t('filter.to')), last);
  select.append(el('option', { value: days }, t('filter.days')));
  return [
    { element: select, fields: [[name, select]] },
    { element: range, fields: [['first', first], ['last', last]], show: () => { range.hidden = select.value !== days; } },
  ];
}

/** The moments that a period means, as the API takes them: `from`, and `to` which is past its end. */
export function momentsOf({ period, first, last }, now = Date.now()) {
  if (period === days) {
    return { from: first ? startOfDay(first) : undefined, to: last ? startOfDay(last, 1) : undefined };
  }
  return period ? { from: now - Number(period) * 86_400_000 } : {};
}

/** Today, as a date field takes it. */
export function today() {
  return dayOf(Date.now());
}
