// One shelf of the page of parts: a heading, a rule, and the parts.

import { el, t } from '/pages/look/parts.js';

/** The shelf of a name, whose words are `parts.NAME` and `parts.NAME.rule`. */
export function shelf(key, ...parts) {
  return el('section', { class: 'shelf', id: key, 'aria-labelledby': `h-${key}` },
    el('h2', { id: `h-${key}` }, t('parts.' + key)), el('p', {}, t(`parts.${key}.rule`)), parts);
}
