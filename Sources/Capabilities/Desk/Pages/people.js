// What customers and agents are called, and what was said in few words.

import { knows } from '/pages/look/base/words.js';
import { t } from '/pages/look/parts.js';

/** What a customer is called: the profile's name, or what else WhatsApp knows. */
export function nameOf(customer = {}) {
  return customer.name || customer.username || phoneOf(customer) || customer.userID || t('desk.nobody');
}

/** A phone number as people read it. */
export function phoneOf({ phone } = {}) {
  return phone ? `+${phone}` : null;
}

/** Kinds of lines that have words of their own for what they are. */
const kinds = ['image', 'video', 'audio', 'document', 'sticker', 'location', 'contacts', 'order', 'flow', 'call', 'reaction', 'revoke',
  'template', 'unsupported', 'interactive'];
/** What stands in brackets before or instead of words. */
const bracket = /^\[(?:image|video|document|audio|sticker|location|contacts|order|flow|template [^\]]*|reaction [^\]]*|missed call|call: [^\]]*|unsupported|interactive)\]\s*/;

/** The words of a line without what stands in brackets for its kind. */
export function wordsOf({ text = '', content, kind = content?.kind }) {
  if (!kind || kind === 'text') return text;
  if (kind === 'interactive' && content?.choices) {
    const tail = ` [${content.choices.join(' | ')}]`;
    return text.endsWith(tail) ? text.slice(0, -tail.length) : text;
  }
  return text.replace(bracket, '');
}

/** What a kind of line is called; null where its words are enough. */
export function kindWords(kind) {
  return kinds.includes(kind) ? t('desk.kind.' + kind) : null;
}

/** What was said last, in one line. */
export function inShort(last) {
  if (!last) return '';
  const words = wordsOf(last);
  const kind = last.kind === 'interactive' ? null : kindWords(last.kind);
  if (last.kind === 'location' || last.kind === 'contacts' || last.kind === 'order') return kind;
  return [kind, words].filter(Boolean).join(' · ');
}

/** Words for what came of a conversation that are offered; the console takes any. */
export const outcomes = ['solved', 'promised', 'unreachable', 'mistaken', 'spam'];

/** What came of a conversation, as people read it. */
export function outcomeWords(word) {
  const key = 'desk.outcome.is.' + word;
  return knows(key) ? t(key) : word;
}

/** Why a person is needed, in few words. */
export function reasonWords(reason) {
  const key = 'desk.reason.' + reason;
  return knows(key) ? t(key) : t('desk.reason.other');
}
