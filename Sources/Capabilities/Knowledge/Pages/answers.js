// Questions and answers that people type: they win over what documents say.

import { ask, change, path } from '/pages/look/api.js';
import { button, el, field, filters, form, icon, name, openDialog, t, table, time, toast } from '/pages/look/parts.js';
import { removeAll } from './documents.js';
import { labelsOf, standingCell } from './standing.js';

/** Characters of an answer that a row shows. */
const shown = 160;

/** The list of typed answers. */
export function answersView(room) {
  const narrow = filters(t('knowledge.filter'), [{ name: 'asked', kind: 'search', label: t('knowledge.searchAnswers'), keys: true }]);
  const write = (row) => room.write({ row, saved: () => list.load() });
  const list = table({
    label: t('knowledge.answers'), kind: 'knowledge-answers', count: 'knowledge.answerCount', failedTitle: t('knowledge.broken'), filters: narrow,
    live: { room: 'documents', tenant: room.tenant },
    id: (row) => row.id, name: (row) => row.name, open: (row) => (room.mayWrite ? write(row) : room.look(row.id)),
    empty: {
      picture: 'question', title: t('knowledge.noAnswers'), text: t('knowledge.noAnswersText'),
      acts: room.mayWrite ? [button(t('knowledge.write'), { picture: 'plus', act: () => write() })] : [],
    },
    menu: room.mayWrite ? (row) => [
      { words: t('knowledge.edit'), picture: 'edit', run: () => write(row) },
      { words: t('knowledge.look'), picture: 'eye', run: () => room.look(row.id) },
      '-',
      { words: t('knowledge.remove'), picture: 'trash', danger: true, run: async () => { if (await removeAll(room, [row])) list.load(); } },
    ] : undefined,
    columns: [
      { head: t('knowledge.question'), kind: 'lead', cell: (row) => [name(row.question ?? row.name, { class: 'knowledge-name' }), row.others?.length ? el('span', { class: 'sub' }, t('knowledge.otherWays', { count: row.others.length })) : null] },
      { head: t('knowledge.answer'), cell: (row) => el('span', { class: 'soft' }, name(short(row.answer ?? ''))) },
      { head: t('knowledge.standing'), cell: (row) => [standingCell(row), labelsOf(row)] },
      { head: t('knowledge.changed'), kind: 'fit', cell: (row) => (row.uploadedAt ? time(row.uploadedAt) : el('span', { class: 'soft' }, '–')) },
    ],
    async load({ after, limit, filters: { asked }, signal }) {
      const found = await ask(path(['tenants', room.tenant, 'documents'], { kind: 'answer', words: asked, limit, after }), { signal });
      return { rows: found.documents, next: found.next };
    },
  });
  list.load();
  return el('div', { class: 'stack' }, el('p', { class: 'soft row tight' }, icon('info', 'small'), el('span', {}, t('knowledge.answersText'))), list.element);
}

function short(text) {
  return text.length > shown ? text.slice(0, shown) + ' …' : text;
}

/**
 * Opens the form of an answer: a new one, with what is begun, or `row` to be changed. Whoever may not
 * write answers suggests one by `suggest(values)`. `saved(listing)` is called with what was put in.
 */
export function openAnswer(room, { row, question, answer, others, saved, suggest } = {}) {
  const begun = { question: row?.question ?? question ?? '', answer: row?.answer ?? answer ?? '', others: (row?.others ?? others ?? []).join('\n') };
  const fields = form({
    fields: [
      field({ name: 'question', label: t('knowledge.question'), hint: t('knowledge.questionHint'), attributes: { maxlength: 300, autocomplete: 'off' } }),
      field({ name: 'answer', kind: 'textarea', label: t('knowledge.answer'), hint: t('knowledge.answerHint'), attributes: { maxlength: 3000, rows: 5 } }),
      ...(suggest ? [] : [field({ name: 'others', kind: 'textarea', label: t('knowledge.others'), optional: true, hint: t('knowledge.othersHint'), attributes: { rows: 3, maxlength: 4000 } })]),
    ],
    values: suggest ? { question: begun.question, answer: begun.answer } : begun,
    submit: t(suggest ? 'knowledge.suggest' : 'knowledge.saveAnswer'), cancel: () => dialog.close(),
    save: async (values, { once }) => {
      const written = { question: values.question.trim(), answer: values.answer.trim() };
      if (suggest) return suggest(written, once);
      const ways = values.others.split('\n').map((line) => line.trim()).filter(Boolean).slice(0, 15);
      const listing = await change('POST', path(['tenants', room.tenant, 'answers'], { wait: 5 }), {
        body: { ...written, others: ways.length ? ways : undefined, terms: row?.terms }, once,
      });
      // Asked otherwise it is another one: the one before would answer still.
      if (row && row.id !== listing.id) await change('DELETE', room.at('documents', row.id));
      return listing;
    },
    saved: async (listing) => {
      dialog.close();
      await saved?.(listing);
      if (!suggest) toast(t(listing.outcome === 'pending' ? 'knowledge.answerTaken' : 'knowledge.answerSaved'));
    },
  });
  const dialog = openDialog({
    kind: 'drawer', title: t(suggest ? 'knowledge.suggestTitle' : row ? 'knowledge.editAnswer' : 'knowledge.write'),
    body: el('div', { class: 'stack' }, el('p', { class: 'soft' }, t(suggest ? 'knowledge.suggestText' : 'knowledge.writeText')), fields.element),
  });
  dialog.id = 'answer-form';
  return dialog;
}
