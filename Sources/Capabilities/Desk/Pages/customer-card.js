// What is known of a customer besides this conversation: name, language, labels, consent, earlier
// cases, and what was quoted to them.

import { ask, path } from '/pages/look/api.js';
import { badge, date, el, icon, name, pairs, t } from '/pages/look/parts.js';
import { outcomeWords } from './people.js';

/** What was read is good for so long, in milliseconds. */
const fresh = 30_000;
/** So many cases and documents are shown; the customer's page has all. */
const most = 5;

/** What was read of customers, by conversation. */
export class CustomerCards {
  constructor(tenant, changed) {
    Object.assign(this, { tenant, changed });
    this.known = new Map();
  }

  /** What is known, if it was read; else it is read, and `changed()` is called. */
  of(conversation) {
    const known = this.known.get(conversation);
    if (!known || (Date.now() - known.at > fresh && !known.isReading)) this.read(conversation);
    return this.known.get(conversation)?.found ?? null;
  }

  /** Reads it anew when it is next shown. */
  forget(conversation) {
    const known = this.known.get(conversation);
    if (known) known.at = 0;
  }

  async read(conversation) {
    const before = this.known.get(conversation)?.found ?? null;
    const mine = { at: Date.now(), isReading: true, found: before };
    this.known.set(conversation, mine);
    try {
      mine.found = await ask(path(['tenants', this.tenant, 'customers', conversation]));
    } catch { /* the conversation alone is shown; the next look asks again */ }
    mine.isReading = false;
    if (JSON.stringify(before) !== JSON.stringify(mine.found)) this.changed();
  }
}

/** The parts of the card: `section` makes one. */
export function customerParts(found, labels, section) {
  if (!found) return [];
  const { customer, conversations, cited, note } = found;
  const borne = labels.filter(({ id }) => customer.labels.includes(id));
  const cases = conversations.flatMap((talk) => talk.cases).filter((each) => each.to && !each.into).sort((one, other) => other.from - one.from);
  const { consent } = customer;
  return [
    section(t('desk.card.about'), pairs([
      customer.name ? [t('desk.card.name'), name(customer.name)] : null,
      customer.language ? [t('desk.card.language'), customer.language] : null,
      consent ? [t('desk.card.consent'), badge(consent.isGiven ? 'ok' : 'warn', t(consent.isGiven ? 'desk.card.agreed' : 'desk.card.refused'), consent.isGiven ? 'check' : 'stop')] : [t('desk.card.consent'), t('desk.card.unasked')],
      note ? [t('desk.card.note'), name(note)] : null,
    ]), borne.length ? el('div', { class: 'row tight', 'data-part': 'customer-labels' }, borne.map((label) => el('span', { class: 'tag desk-label' }, el('i', { class: `desk-${label.colour}`, 'aria-hidden': 'true' }), name(label.name)))) : null,
    el('p', { class: 'row tight' }, icon('person', 'small'), el('a', { href: `/pages/customers/?customer=${encodeURIComponent(customer.id)}` }, t('desk.card.page')))),
    cases.length ? section(t('desk.card.cases'), el('ul', { class: 'side-list', 'data-part': 'earlier' }, cases.slice(0, most).map((each) => el('li', {}, el('span', {}),
      el('div', {}, name(each.title || t('desk.cases.untitled')), el('span', { class: 'meta' }, date(each.from), each.outcome ? [' · ', name(outcomeWords(each.outcome))] : null)))))) : null,
    cited.length ? section(t('desk.card.citedAll'), el('ul', { class: 'side-list', 'data-part': 'cited' }, cited.slice(0, most).map((each) => el('li', {}, el('span', {}),
      el('div', {}, name(each.name), el('span', { class: 'meta' }, t('desk.card.times', { count: each.times }))))))) : null,
  ];
}
