// The customer's card beside a conversation: who they are, and why a person is needed.

import { avatar, el, exactTime, name, pairs, put, t, time } from '/pages/look/parts.js';
import { identity } from './content.js';
import { customerParts } from './customer-card.js';
import { nameOf, reasonWords } from './people.js';

/** Makes the pane; `show(talk)` shows the customer of a conversation, or nobody. */
export function cardPane({ cards, labels }) {
  const scroll = el('div', { class: 'pane-scroll', tabindex: '0', role: 'group', 'aria-label': t('desk.card.title') });
  const element = el('aside', { class: 'pane card-pane', 'aria-label': t('desk.card.title') }, scroll);
  let mark = null;
  return {
    element,
    show(talk) {
      const row = talk && (talk.handoff ?? talk.listing);
      element.hidden = !row;
      if (!row) return;
      const { handoff, suggestion } = talk;
      const found = cards.of(talk.conversation);
      const next = JSON.stringify([found, labels.list.length, row.customer, handoff, suggestion?.citations, talk.closes, talk.isWindowOpen, row.optedOutAt]);
      if (mark === next) return;
      mark = next;
      const who = nameOf(row.customer);
      const cited = (suggestion?.citations ?? []).filter((each, index, all) => all.findIndex((other) => other.documentName === each.documentName) === index);
      put(scroll,
        section(null, el('div', { class: 'row no-wrap' }, avatar({ text: who.replace(/^\+/, ''), kind: 'large' }), el('div', { class: 'grow' }, el('h2', {}, name(who)))),
          pairs([
            ...identity(row.customer),
            row.optedOutAt ? [t('desk.card.consent'), t('desk.card.optedOut')] : null,
            talk.customerAt ? [t('desk.card.wrote'), time(talk.customerAt)] : null,
            handoff && talk.closes ? [t('desk.card.window'), talk.isWindowOpen ? t('desk.card.until', { when: exactTime(talk.closes) }) : t('desk.window.closed')] : null,
          ])),
        handoff ? section(t('desk.card.case'), pairs([
          [t('desk.card.reason'), reasonWords(handoff.reason)],
          handoff.summary ? [t('desk.card.summary'), name(handoff.summary)] : null,
          [t('desk.card.since'), time(handoff.waitingSince)],
          handoff.holder ? [t('desk.card.holder'), name(handoff.holder.name)] : null,
        ])) : null,
        ...customerParts(found, labels.list, section),
        cited.length ? section(t('desk.card.cited'), el('ul', { class: 'side-list' }, cited.map((each) => el('li', {},
          el('span', {}), el('div', {}, name(each.documentName), each.page ? el('span', { class: 'meta' }, t('desk.page', { page: String(each.page) })) : null))))) : null);
    },
  };
}

function section(title, ...content) {
  return el('div', { class: 'side-section' }, title ? el('h3', {}, title) : null, content);
}
