// One entry of the audit log in a dialog, and the ways on from it.

import { ago, button, copyButton, el, exactTime, name, openDialog, pairs, t } from '/pages/look/parts.js';
import { actionName, actorOf, targetOf } from './names.js';

/** The most characters that a filter takes. */
const longestFilter = 200;

/** Opens it. `only(filter, value)` narrows the list, `closed()` is called at the end. */
export function openEntry(entry, { business, only, closed }) {
  const target = targetOf(entry);
  const who = actorOf(entry.actor);
  const narrow = (filter, value, words) => button(words, {
    kind: 'small', picture: 'filter', act: () => { dialog.close(); only(filter, value); },
  });
  const dialog = openDialog({
    kind: 'audit-entry', title: actionName(entry.action), closed,
    body: pairs([
      [t('audit.when'), t('audit.at', { exact: exactTime(entry.at), ago: ago(entry.at) }), new Date(entry.at).toISOString()],
      [t('audit.who'), name(who.name), who.code],
      [t('audit.action'), el('span', { class: 'mono' }, entry.action)],
      [t('audit.target'), name(target.name), target.code],
      [t('audit.business'), name(business), entry.tenant],
      [t('audit.entry'), el('span', { class: 'mono' }, entry.id)],
    ]),
    foot: [
      narrow('actor', entry.actor, t('audit.onlyActor')),
      narrow('subject', target.code ?? entry.subject.slice(0, longestFilter), t('audit.onlyTarget')),
      copyButton(JSON.stringify(entry, null, 2), null, { words: t('audit.json') }),
    ],
  });
  dialog.id = 'entry';
  return dialog;
}
