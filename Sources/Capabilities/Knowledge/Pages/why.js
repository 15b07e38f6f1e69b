// Why a customer's message was answered as it was: what the log kept of it, and what is found today.

import { ask, path } from '/pages/look/api.js';
import { el, exactTime, fillIn, openDialog, t, time } from '/pages/look/parts.js';
import { reasonsView, verdictOf } from './reasons.js';

/** Opens the reasons of a message, `{ message }`. */
export function openWhy(room, { message }) {
  const place = el('div', { class: 'stack', id: 'why-reasons' });
  const dialog = openDialog({ kind: 'drawer', title: t('knowledge.whyTitle'), body: place });
  dialog.id = 'why';
  fillIn(place, async () => {
    const { then, today } = await ask(path(['tenants', room.tenant, 'why'], { id: message }));
    const told = reasonsOf(then);
    return [
      then.at ? el('p', { class: 'meta' }, time(then.at, exactTime)) : null, verdictOf(told),
      told.text ? el('div', { class: 'knowledge-bubble bot', dir: 'auto' }, el('p', { class: 'knowledge-words' }, told.text)) : null,
      reasonsView(told, { today, level: 3 }),
    ];
  }, { level: 3 });
  return dialog;
}

/** What the log kept, called as a trial calls it. */
export function reasonsOf(then) {
  const provenance = then.provenance ?? {};
  const told = { ...provenance, ...then, checks: provenance.checks ?? [], tools: provenance.tools ?? [] };
  if (then.outcome === 'handoff' && then.text) {
    // A handoff's text is why, what the customer read, and what agents read, line after line.
    const [reason, notice, ...rest] = then.text.split('\n');
    Object.assign(told, { reason, text: notice || null, summary: rest.join('\n') });
  }
  if (then.outcome === 'silence') Object.assign(told, { reason: then.text, text: null });
  if (told.isUnsure === undefined) told.isUnsure = then.questions.some(({ answerability }) => answerability?.zone === 'unsure') && then.outcome === 'answer';
  return told;
}
