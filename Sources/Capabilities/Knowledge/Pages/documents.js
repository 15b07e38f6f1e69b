// The list of documents: files and pages, with the place where files are dropped.

import { ask, change, path } from '/pages/look/api.js';
import { button, confirmEffects, el, filters, icon, name, notice, put, t, table, time, toast } from '/pages/look/parts.js';
import { common, kindOf, labelsOf, problemOf, sizeOf, standingCell } from './standing.js';

/** The list, with what is being uploaded above it. */
export function documentsView(room, uploads) {
  const narrow = filters(t('knowledge.filter'), [
    { name: 'words', kind: 'search', label: t('knowledge.search'), keys: true },
    { name: 'standing', kind: 'select', label: t('knowledge.standing'), options: [['', t('knowledge.anyStanding')], ['pending', t('knowledge.isPending')], ['ready', t('knowledge.isReady')], ['problem', t('knowledge.isProblem')]] },
    { name: 'kind', kind: 'select', label: t('knowledge.kind'), options: [['', t('knowledge.anyKind')], ['file', t('knowledge.files')], ['page', t('knowledge.pages')]] },
    { name: 'label', kind: 'select', label: t('knowledge.label'), options: [['', t('knowledge.anyLabel')]] },
  ]);
  const said = el('div', { id: 'lack' });
  const list = table({
    label: t('knowledge.documents'), kind: 'knowledge-table', count: 'knowledge.count', failedTitle: t('knowledge.broken'), filters: narrow,
    live: { room: 'documents', tenant: room.tenant },
    id: (row) => row.id, name: (row) => row.name, open: (row) => room.look(row.id),
    empty: { picture: 'book', title: t('knowledge.none'), text: t(room.mayWrite ? 'knowledge.noneText' : 'knowledge.noneTextReader'), acts: room.mayWrite ? [button(t('knowledge.upload'), { picture: 'upload', act: () => uploads.choose() })] : [] },
    select: room.mayWrite ? { acts: [{ name: 'remove', words: t('knowledge.remove'), picture: 'trash', danger: true, run: (rows) => removeAll(room, rows) }] } : undefined,
    menu: room.mayWrite ? (row) => [
      { words: t('knowledge.look'), picture: 'eye', run: () => room.look(row.id) },
      { words: t('knowledge.replace'), picture: 'refresh', run: () => uploads.choose(row) },
      '-',
      { words: t('knowledge.remove'), picture: 'trash', danger: true, run: async () => { if (await removeAll(room, [row])) list.load(); } },
    ] : undefined,
    columns: [
      { head: t('knowledge.document'), kind: 'lead', cell: nameCell },
      { head: t('knowledge.standing'), cell: standingCell },
      { head: t('knowledge.label'), class: 'labels', cell: (row) => { const marks = labelsOf(row); return marks.length ? el('div', { class: 'row tight' }, marks) : el('span', { class: 'soft' }, '–'); } },
      { head: t('knowledge.changed'), kind: 'fit', cell: (row) => (row.uploadedAt ? time(row.uploadedAt) : el('span', { class: 'soft' }, '–')) },
    ],
    async load({ after, limit, filters: values, signal }) {
      const { words, standing, kind, label } = values;
      const found = await ask(path(['tenants', room.tenant, 'documents'], { words, standing, label, kind: kind || 'document', limit, after }), { signal });
      const lack = found.documents.map(problemOf).find((problem) => common.includes(problem?.key));
      put(said, lack ? notice('', t('knowledge.lack.' + lack.key), lack.text) : null);
      return { rows: found.documents, next: found.next };
    },
  });
  const offer = () => narrow.offer('label', [['', t('knowledge.anyLabel')], ...room.labels.map(({ label }) => [label, label])]);
  room.labelsChanged = offer;
  offer();
  list.load();
  return el('div', { class: 'stack' }, room.mayWrite ? drop(uploads) : null, uploads.element, said, list.element);
}

function drop(uploads) {
  return el('div', { class: 'dropzone', id: 'dropzone' }, icon('upload'), el('span', {}, t('knowledge.drop')),
    button(t('knowledge.chooseFiles'), { kind: 'small', act: () => uploads.choose() }));
}

function nameCell(row) {
  const facts = [kindOf(row), sizeOf(row.size), row.pages ? t('knowledge.pageCount', { count: row.pages }) : null,
    row.version > 1 ? t('knowledge.versionNumber', { version: row.version }) : null].filter(Boolean).join(' · ');
  return [name(row.name, { class: 'knowledge-name' }), el('span', { class: 'sub' }, facts)];
}

/** Takes documents out, once whoever wishes it has read what that means; gives whether it was done. */
export async function removeAll(room, rows) {
  return confirmEffects({
    title: rows.length === 1 ? t('knowledge.removeOne', { name: rows[0].name }) : t('knowledge.removeMany', { count: rows.length }),
    effects: [t('knowledge.removeEffect'), t('knowledge.removeKept')], act: t('knowledge.remove'), keep: t('knowledge.keep'), picture: 'trash',
    run: async () => {
      for (const row of rows) await change('DELETE', path(['tenants', room.tenant, 'documents', row.id], { wait: 5 }));
      toast(t('knowledge.removed', { count: rows.length }));
    },
  });
}
