// Mails that are kept, as there is no server that sends them: shown as text, with links to copy.

import { all, ask, change, path } from '/pages/look/api.js';
import { may } from '/pages/look/base/session.js';
import {
  button, confirmEffects, copyButton, day, el, exactTime, filters, name, notice, openDialog, pairs, put, t, table, time, toast,
} from '/pages/look/parts.js';
import { addCommands, enter, pageHead } from '/pages/look/shell.js';

/** What a link is in a mail's text. */
const link = /https?:\/\/[^\s<>"']+/g;

enter('outbox', (page) => {
  const businesses = new Map();
  const isWriter = may('users:write');
  const notices = el('div', { id: 'notices' });
  const narrow = filters(t('outbox.filter'), [{ name: 'text', kind: 'search', label: t('outbox.search'), keys: true }]);
  const list = table({
    label: t('outbox.list'), kind: 'outbox-table', count: 'outbox.count', failedTitle: t('outbox.broken'), filters: narrow,
    live: { room: 'outbox' },
    id: (mail) => mail.id, name: (mail) => mail.subject, group: (mail) => day(mail.at),
    open: isWriter ? (mail) => show(mail) : undefined,
    menu: isWriter ? (mail) => [
      { words: t('outbox.open'), picture: 'read', run: () => show(mail) },
      { words: t('outbox.delete'), picture: 'trash', danger: true, run: () => remove(mail) },
    ] : undefined,
    empty: { picture: 'mail', level: 2, title: t('outbox.none'), text: t('outbox.noneText') },
    columns: [
      { head: t('outbox.subject'), kind: 'lead', cell: (mail) => name(mail.subject) },
      { head: t('outbox.to'), cell: (mail) => name(mail.to) },
      { head: t('outbox.inName'), cell: (mail) => (mail.tenant ? name(businesses.get(mail.tenant) || mail.tenant) : t('outbox.installation')) },
      { head: t('outbox.when'), class: 'when', cell: (mail) => time(mail.at) },
    ],
    async load({ filters: { text }, signal }) {
      const { mails, isSending } = await ask(path(['outbox']), { signal });
      put(notices, isSending ? notice('', t('outbox.sending'), t('outbox.sendingText')) : null);
      const wanted = text.toLocaleLowerCase();
      const rows = mails.filter((mail) => !wanted || [mail.subject, mail.to].some((words) => words.toLocaleLowerCase().includes(wanted)));
      return { rows, total: rows.length };
    },
  });

  async function show(mail) {
    let whole;
    try {
      whole = await ask(path(['outbox', mail.id], { tenant: mail.tenant }));
    } catch (problem) {
      toast(problem.words, { bad: true });
      return;
    }
    const dialog = openDialog({
      kind: 'drawer outbox-mail', title: mail.subject,
      body: [
        pairs([
          [t('outbox.to'), name(mail.to)], [t('outbox.from'), name(mail.from)], [t('outbox.when'), exactTime(mail.at)],
        ]),
        linksOf(whole.text),
        el('pre', { class: 'outbox-text', dir: 'auto', tabindex: '0', 'aria-label': t('outbox.text') }, whole.text),
      ],
      foot: [
        button(t('outbox.delete'), { kind: 'danger', picture: 'trash', act: () => { dialog.close(); remove(mail); } }),
        copyButton(whole.text, null, { words: t('outbox.copyText'), kind: '' }),
      ],
    });
    dialog.id = 'mail';
  }

  async function remove(mail) {
    const isDone = await confirmEffects({
      title: t('outbox.sure'), effects: [t('outbox.effect1'), t('outbox.effect2')], act: t('outbox.delete'),
      run: () => change('DELETE', path(['outbox', mail.id], { tenant: mail.tenant })),
    });
    if (isDone) list.load();
  }

  put(page, pageHead({
    title: t('outbox.title'), lead: t('outbox.lead'),
    acts: [button(t('act.refresh'), { picture: 'refresh', id: 'refresh', act: () => list.load() })],
  }), notices, list.element);
  addCommands([{ words: t('act.refresh'), picture: 'refresh', keys: ['R'], run: () => list.load() }]);
  list.load();
  if (may('tenants:read')) {
    all(['tenants'], 'tenants').then((found) => {
      for (const tenant of found) businesses.set(tenant.id, tenant.name);
      if (list.rows.length) list.show();
    }, () => { /* the list is there without their names */ });
  }
});

/** The links of a mail: they open in a window of their own, which learns nothing of this page. */
function linksOf(text) {
  const found = [...new Set(text.match(link) ?? [])];
  if (!found.length) return null;
  return el('section', { class: 'stack tight' }, el('h3', {}, t('outbox.links')), found.map((address) => el('div', { class: 'secret' },
    el('a', { class: 'mono grow outbox-link', href: address, target: '_blank', rel: 'noopener noreferrer' }, address), copyButton(address, t('outbox.link')))));
}
