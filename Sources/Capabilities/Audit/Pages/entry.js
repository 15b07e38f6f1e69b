// One entry of the audit log in a drawer, and the ways on from it.

import { ago, badge, button, copyButton, el, exactTime, icon, name, number, openDialog, pairs, plainTable, t } from '/pages/look/parts.js';
import { actionName, fieldName, refusalWords, targetOf, whoOf } from './names.js';

/** The most characters that a filter takes. */
const longestFilter = 200;

/** Opens it. `only(filter, value, words)` narrows the list, `closed()` is called at the end. */
export function openEntry(entry, { business, only, closed }) {
  const target = targetOf(entry);
  const who = whoOf(entry);
  const narrow = (filter, value, shown, words) => button(words, {
    kind: 'small', picture: 'filter', act: () => { dialog.close(); only(filter, value, shown); },
  });
  const dialog = openDialog({
    kind: 'drawer audit-entry', title: actionName(entry.action), closed,
    body: [
      pairs([
        [t('audit.when'), t('audit.at', { exact: exactTime(entry.at), ago: ago(entry.at) }), new Date(entry.at).toISOString()],
        [t('audit.outcome'), outcome(entry)],
        [t('audit.who'), name(who.name), who.code],
        who.by ? [t('audit.impersonator'), name(who.by), `operator/${entry.who.impersonator}`] : null,
        [t('audit.action'), el('span', { class: 'mono' }, entry.action)],
        [t('audit.target'), name(target.name), target.code],
        [t('audit.business'), name(business), entry.tenant],
      ]),
      entry.changes?.length ? changesOf(entry.changes) : null,
      el('section', { class: 'stack tight' }, el('h3', {}, t('audit.fromWhere')), pairs(origin(entry))),
      el('section', { class: 'stack tight' }, el('h3', {}, t('audit.chain')), chainOf(entry.chain)),
    ],
    foot: [
      narrow('actor', entry.actor, who.name, t('audit.onlyActor')),
      entry.target ? narrow('target', entry.subject, target.name, t('audit.onlyTarget'))
        : narrow('text', (target.code ?? entry.subject).slice(0, longestFilter), null, t('audit.onlyTarget')),
      copyButton(JSON.stringify(entry, null, 2), null, { words: t('audit.json') }),
    ],
  });
  dialog.id = 'entry';
  return dialog;
}

/** How an act ended, in a word. */
export function outcome({ refusal }) {
  return refusal ? [badge('bad', t('audit.refused'), 'bad'), ' ', refusalWords(refusal)] : badge('ok', t('audit.done'), 'ok');
}

function changesOf(changes) {
  const said = (value) => (value === undefined || value === null ? el('span', { class: 'soft' }, '–') : el('span', { dir: 'auto', class: 'told' }, value));
  return el('section', { class: 'stack tight' }, el('h3', {}, t('audit.changes')),
    el('div', { class: 'table-wrap' }, plainTable(t('audit.changes'), [t('audit.field'), t('audit.before'), t('audit.after')],
      changes.map(({ field, before, after }) => (before === undefined && after === undefined
        ? [fieldName(field), el('span', { class: 'soft' }, t('audit.secret')), el('span', { class: 'soft' }, t('audit.secret'))]
        : [fieldName(field), said(before), said(after)])), { kind: 'audit-changes' })));
}

function origin({ id, origin: from, who }) {
  return [
    from?.address ? [t('audit.address'), el('span', { class: 'mono' }, from.address)] : null,
    from?.userAgent ? [t('audit.browser'), name(from.userAgent)] : null,
    from?.isProven === undefined ? null : [t('audit.proven'), t(from.isProven ? 'audit.yes' : 'audit.no')],
    from?.request ? [t('audit.request'), el('span', { class: 'mono' }, from.request)] : null,
    who?.session ? [t('audit.session'), el('span', { class: 'mono' }, who.session)] : null,
    [t('audit.entry'), el('span', { class: 'mono' }, id)],
  ];
}

function chainOf(place) {
  if (!place) return el('p', { class: 'row tight soft' }, icon('clock', 'small'), t('audit.unchained'));
  return pairs([
    [t('audit.link'), badge('ok', t('audit.linkNumber', { number: number(place.number) }), 'link')],
    [t('audit.hash'), el('span', { class: 'mono' }, place.hash)],
  ]);
}
