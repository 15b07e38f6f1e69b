// What customers and their labels look like, wherever they are shown.

import { el, name, t } from '/pages/look/parts.js';

const colours = ['grey', 'red', 'orange', 'yellow', 'green', 'teal', 'blue', 'purple'];

/** A phone number as people read it. */
export function phoneOf({ phone }) {
  return phone ? `+${phone}` : '';
}

/** What a customer is called, or what else is known of them. */
export function nameOf(row) {
  return row.name || (row.username ? `@${row.username}` : '') || phoneOf(row) || row.userID || t('customers.nobody');
}

/** A label: its name beside its colour, which says nothing alone. */
export function labelChip(label) {
  const colour = colours.includes(label.colour) ? label.colour : 'grey';
  return el('span', { class: 'tag customer-label', 'data-label': label.id }, el('i', { class: `customer-${colour}`, 'aria-hidden': 'true' }), name(label.name));
}
