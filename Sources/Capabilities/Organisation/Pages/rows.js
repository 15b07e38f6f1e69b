// Settings that are lists: rows that say what is wrong with them.

import { el, freshId, icon, put } from '/pages/look/parts.js';

/** The row that an error is of, with its label. */
function rowAt(rows, error) {
  return rows()[Number(error?.pointer?.split('/')[2] ?? NaN)];
}

/** What all lists here have in common: rows that say what is wrong with them. */
export function listField(name, label, hint, body) {
  const error = el('span', { class: 'error', id: freshId('error'), hidden: true });
  const element = el('fieldset', { class: 'field organisation-list', 'data-field': name, 'aria-describedby': error.id },
    el('legend', { class: 'label' }, label), hint ? el('span', { class: 'hint' }, hint) : null, body, error);
  const changed = () => element.dispatchEvent(new Event('input', { bubbles: true }));
  return {
    element, changed,
    /** A field of rows: `rows()` are `[element, label]` each. */
    field: (rows, read, write) => ({
      name, label, pointer: '/' + name, required: false, element, read, write,
      /** Where the keyboard goes to mend it. */
      get input() { return element.querySelector('[aria-invalid]') ?? element.querySelector('button, input') ?? element; },
      disable: () => { element.disabled = true; },
      partOf(wrong) {
        const [row, words] = rowAt(rows, wrong) ?? [];
        return row ? { label: words, input: row.querySelector('select, input') } : null;
      },
      say(text, wrong) {
        if (!text) {
          for (const input of element.querySelectorAll('[aria-invalid]')) input.removeAttribute('aria-invalid');
          for (const old of element.querySelectorAll('.row-error')) old.remove();
          error.hidden = true;
          return;
        }
        const [row] = rowAt(rows, wrong) ?? [];
        if (!row) {
          error.hidden = false;
          put(error, icon('bad', 'small'), el('span', {}, text));
          return;
        }
        const id = freshId('error');
        for (const input of row.querySelectorAll('select, input:not([type="checkbox"])')) {
          input.setAttribute('aria-invalid', 'true');
          input.setAttribute('aria-describedby', id);
        }
        row.append(el('span', { class: 'error row-error', id }, icon('bad', 'small'), el('span', {}, text)));
      },
    }),
  };
}
