// One document in a drawer: its passages as they are found, its versions, and when it counts.

import { ask, change, path } from '/pages/look/api.js';
import {
  blank, button, dayOf, el, exactTime, field, fillIn, form, icon, name, notice, number, openDialog, pairs, plainTable, put, startOfDay, t, tabs, time, toast,
} from '/pages/look/parts.js';
import { listen } from '/pages/look/listen.js';
import { removeAll } from './documents.js';
import { kindOf, labelsOf, sayProblem, sizeOf, standingCell } from './standing.js';

/** Passages that are shown at once. */
const pageSize = 20;

/** Opens a document, `{ document, versions }`, and keeps it fresh as long as it is open. */
export function openDocument(room, found, { uploads, closed }) {
  let { document: row } = found;
  const problem = el('div');
  const facts = el('div');
  const show = () => {
    sayProblem(problem, row, notice);
    put(facts, pairs([
      [t('knowledge.standing'), standingCell(row)],
      [t('knowledge.kind'), [kindOf(row), ' · ', sizeOf(row.size), row.pages ? [' · ', t('knowledge.pageCount', { count: row.pages })] : null]],
      row.uploadedAt ? [t('knowledge.changed'), time(row.uploadedAt, exactTime)] : null,
      row.terms?.labels?.length ? [t('knowledge.label'), el('div', { class: 'row tight' }, labelsOf(row))] : null,
    ]));
  };
  show();
  const passages = passagesOf(room, row);
  const views = tabs(t('knowledge.details'), [
    { words: t('knowledge.passages'), content: () => passages.element },
    { words: t('knowledge.versions'), content: () => versionsOf(found.versions) },
    ...(room.mayWrite ? [{ words: t('knowledge.terms'), content: () => termsOf(room, row, (fresh) => { row = fresh; show(); }) }] : []),
  ]);
  const stop = listen('documents', { tenant: room.tenant, changed: async ({ id } = {}) => {
    if (id && id !== row.id) return;
    try {
      const fresh = await ask(room.at('documents', row.id));
      const isOther = fresh.document.contentHash !== row.contentHash || fresh.document.passages !== row.passages || fresh.document.outcome !== row.outcome;
      row = fresh.document;
      show();
      if (isOther) passages.load();
    } catch { /* it was taken out, as the list tells */ }
  } });
  const dialog = openDialog({
    kind: 'drawer', title: name(row.name), body: [problem, facts, views],
    foot: room.mayWrite ? [
      button(t('knowledge.remove'), { kind: 'danger', picture: 'trash', act: async () => { if (await removeAll(room, [row])) dialog.close(); } }),
      row.question ? button(t('knowledge.edit'), { picture: 'edit', act: () => { dialog.close(); room.write({ row }); } })
        : button(t('knowledge.replace'), { picture: 'refresh', act: () => { dialog.close(); uploads.choose(row); } }),
    ] : [],
    closed: () => { stop(); closed?.(); },
  });
  dialog.id = 'document';
  return dialog;
}

function passagesOf(room, row) {
  const place = el('div', { class: 'stack tight', id: 'passages' });
  const load = () => fillIn(place, async () => {
    const first = await page(0);
    if (!first.total) return blank({ picture: 'file', title: t('knowledge.noPassages'), text: t('knowledge.noPassagesText') });
    // Where none is found by meaning, the document's own state says so.
    const isMixed = first.passages.some(({ isFoundByMeaning }) => isFoundByMeaning);
    const list = el('ol', { class: 'knowledge-passages' }, first.passages.map((each) => el('li', {}, passageCard(each, { isMixed }))));
    const said = el('p', { class: 'meta num', role: 'status' }, t('knowledge.passageCount', { count: first.total }));
    const more = button(t('knowledge.morePassages'), { kind: 'small', hidden: !first.next, 'data-act': 'more-passages', act: async () => {
      more.disabled = true;
      try {
        const next = await page(Number(more.dataset.next));
        list.append(...next.passages.map((each) => el('li', {}, passageCard(each, { isMixed }))));
        more.dataset.next = next.next ?? '';
        more.hidden = !next.next;
      } catch (problem) {
        toast(problem.words, { bad: true });
      }
      more.disabled = false;
    } });
    more.dataset.next = first.next ?? '';
    return [said, list, more];
  });
  const page = (after) => ask(path(['tenants', room.tenant, 'documents', row.id, 'passages'], { after, limit: pageSize }));
  load();
  return { element: place, load };
}

/** A passage as it is found: where it stands, and its words. */
export function passageCard(passage, { score, isUsed = false, quote, document, isMixed = false } = {}) {
  const where = [document ? name(document) : null, passage.sheet ? t('knowledge.onSheet', { sheet: passage.sheet }) : null,
    passage.page ? t('knowledge.onPage', { page: passage.page }) : null].filter(Boolean);
  return el('article', { class: `passage ${isUsed ? 'used' : ''}`.trim(), 'data-passage': passage.id ?? passage.passage },
    el('header', {}, passage.number ? el('span', { class: 'num' }, number(passage.number)) : null,
      where.map((each, index) => [index ? ' · ' : null, each]),
      passage.headings.length ? el('b', {}, name(passage.headings.join(' › '))) : null,
      score ?? null,
      isMixed && passage.isFoundByMeaning === false ? el('span', { class: 'knowledge-remark is-warn' }, icon('warn', 'small'), el('span', {}, t('knowledge.wordsOnlyPassage'))) : null),
    el('p', { dir: 'auto', class: 'knowledge-words' }, marked(passage.text, quote)));
}

/** A text with the words in it marked that an answer uses. */
function marked(text, quote) {
  const at = quote ? text.indexOf(quote) : -1;
  return at < 0 ? text : [text.slice(0, at), el('mark', {}, quote), text.slice(at + quote.length)];
}

function versionsOf(versions) {
  if (!versions.length) return el('p', { class: 'soft' }, t('knowledge.noVersions'));
  return el('div', { class: 'stack tight' }, el('p', { class: 'soft' }, t('knowledge.versionsText')),
    plainTable(t('knowledge.versions'), [t('knowledge.version'), t('knowledge.size'), t('knowledge.passages'), t('knowledge.when')],
      versions.map((each, index) => [
        [t('knowledge.versionNumber', { version: each.version }), index ? null : [' ', el('span', { class: 'badge ok' }, t('knowledge.inUse'))]],
        sizeOf(each.size), number(each.passages), time(each.uploadedAt),
      ])));
}

/** When a document counts, how much, and under what it is kept. */
function termsOf(room, row, changed) {
  const terms = row.terms ?? {};
  const fields = form({
    fields: [
      [
        field({ name: 'from', kind: 'date', label: t('knowledge.from'), optional: true, value: terms.validFrom ? dayOf(terms.validFrom) : '' }),
        field({ name: 'until', kind: 'date', label: t('knowledge.until'), optional: true, hint: t('knowledge.untilHint'), value: terms.validUntil ? dayOf(terms.validUntil - 1) : '' }),
      ],
      field({
        name: 'priority', kind: 'select', label: t('knowledge.priority'), hint: t('knowledge.priorityHint'), value: String(terms.priority ?? 0),
        options: [3, 2, 1, 0, -1, -2, -3].map((step) => [String(step), t('knowledge.priority.' + (step < 0 ? 'less' + -step : step ? 'more' + step : 'same'))]),
      }),
      field({ name: 'labels', label: t('knowledge.labels'), optional: true, hint: t('knowledge.labelsHint'), value: (terms.labels ?? []).join(', '), attributes: { maxlength: 500, autocomplete: 'off' } }),
    ],
    submit: t('act.save'),
    save: (values) => change('PUT', room.at('documents', row.id, 'terms'), { body: termsFrom(values) }),
    saved: (fresh) => {
      toast(t('knowledge.termsSaved'));
      changed(fresh);
    },
  });
  return fields.element;
}

/** The terms of a form's values, as the console takes them. */
export function termsFrom({ from, until, priority, labels }) {
  const named = labels.split(',').map((label) => label.trim()).filter(Boolean);
  return {
    validFrom: from ? startOfDay(from) : undefined, validUntil: until ? startOfDay(until, 1) : undefined,
    priority: Number(priority) || undefined, labels: named.length ? named : undefined,
  };
}
