// Pages of the web: one, or a site that is read again and again.

import { ask, change, path } from '/pages/look/api.js';
import { badge, button, confirmEffects, el, field, form, name, notice, openDialog, put, t, table, time, toast } from '/pages/look/parts.js';

/** Hours between two readings that are offered; nothing for reading once. */
const paces = ['', '6', '24', '168', '720'];

/** The sites that are read again and again. */
export function sitesView(room) {
  const list = table({
    label: t('knowledge.sites'), kind: 'knowledge-sites', count: 'knowledge.siteCount', failedTitle: t('knowledge.broken'),
    live: { room: 'documents', tenant: room.tenant },
    id: (row) => row.id, name: (row) => row.url,
    empty: {
      picture: 'globe', title: t('knowledge.noSites'), text: t('knowledge.noSitesText'),
      acts: room.mayWrite ? [button(t('knowledge.addPage'), { picture: 'plus', act: () => openWebPage(room) })] : [],
    },
    menu: room.mayWrite ? (row) => [
      { words: t('knowledge.readNow'), picture: 'refresh', run: () => readNow(row) },
      '-',
      { words: t('knowledge.forget'), picture: 'trash', danger: true, run: () => forget(row) },
    ] : undefined,
    columns: [
      { head: t('knowledge.site'), kind: 'lead', cell: (row) => [name(row.url, { class: 'knowledge-name' }), el('span', { class: 'sub' }, t('knowledge.siteReach', { pages: row.pages, depth: row.depth }))] },
      { head: t('knowledge.pace'), cell: (row) => t('knowledge.everyHours', { count: row.everyHours }) },
      { head: t('knowledge.lastRead'), cell: lastCell },
      { head: t('knowledge.nextRead'), kind: 'fit', cell: (row) => (row.next ? time(row.next) : el('span', { class: 'soft' }, t('knowledge.soon'))) },
    ],
    async load({ signal }) {
      const { sites } = await ask(room.at('sites'), { signal });
      return { rows: sites, total: sites.length };
    },
  });
  room.sitesChanged = () => list.load();

  async function readNow(row) {
    try {
      await change('POST', room.at('sites', row.id, 'reading'));
      toast(t('knowledge.readingNow'));
    } catch (problem) {
      toast(problem.words, { bad: true });
    }
  }
  async function forget(row) {
    const isDone = await confirmEffects({
      title: t('knowledge.forgetTitle', { url: row.url }), effects: [t('knowledge.forgetEffect')], act: t('knowledge.forget'),
      run: () => change('DELETE', room.at('sites', row.id)),
    });
    if (isDone) list.load();
  }
  list.load();
  return list.element;
}

function lastCell({ last }) {
  if (!last) return el('span', { class: 'soft' }, t('knowledge.neverRead'));
  if (last.problem) return [badge('bad', t('knowledge.notRead'), 'bad'), ' ', time(last.at), el('span', { class: 'sub' }, name(last.problem))];
  return [time(last.at), el('span', { class: 'sub' }, [
    t('knowledge.pageCount', { count: last.pages }), last.changed ? t('knowledge.changedPages', { count: last.changed }) : null,
    last.removed ? t('knowledge.removedPages', { count: last.removed }) : null, last.missed.length ? t('knowledge.missedPages', { count: last.missed.length }) : null,
  ].filter(Boolean).join(' · '))];
}

/** Opens the form that fetches a page or a site. */
export function openWebPage(room) {
  const told = el('div', { class: 'stack tight', 'aria-live': 'polite', id: 'fetched' });
  const fields = form({
    fields: [
      field({ name: 'url', kind: 'url', label: t('knowledge.address'), hint: t('knowledge.addressHint'), attributes: { maxlength: 2000, autocomplete: 'url', dir: 'ltr' } }),
      [
        field({ name: 'depth', kind: 'select', label: t('knowledge.depth'), options: [0, 1, 2, 3].map((depth) => [String(depth), t('knowledge.depth.' + depth)]), value: '0' }),
        field({ name: 'pages', kind: 'number', label: t('knowledge.mostPages'), value: 20, attributes: { maxlength: 3 } }),
      ],
      field({ name: 'pace', kind: 'select', label: t('knowledge.pace'), hint: t('knowledge.paceHint'), options: paces.map((hours) => [hours, hours ? t('knowledge.everyHours', { count: Number(hours) }) : t('knowledge.once')]), optional: true, value: '24' }),
    ],
    submit: t('knowledge.fetch'), cancel: () => dialog.close(), extra: [told],
    save: (values, { once }) => {
      put(told, el('p', { class: 'soft', role: 'status' }, t('knowledge.fetching')));
      return change('POST', path(['tenants', room.tenant, 'webpages']), {
        body: { url: values.url.trim(), depth: Number(values.depth), pages: values.pages ?? undefined, everyHours: values.pace ? Number(values.pace) : undefined }, once,
      }).catch((problem) => { put(told); throw problem; });
    },
    saved: (answer) => {
      put(told, notice('ok', t('knowledge.fetched', { count: answer.documents.length }), t(answer.isCut ? 'knowledge.fetchedCut' : 'knowledge.fetchedText')),
        answer.missed.length ? notice('warn', t('knowledge.missedPages', { count: answer.missed.length }),
          el('ul', {}, answer.missed.map((each) => el('li', {}, name(each.url), ': ', name(each.because))))) : null);
      room.sitesChanged?.();
    },
  });
  const dialog = openDialog({ kind: 'drawer', title: t('knowledge.addPage'), body: el('div', { class: 'stack' }, el('p', { class: 'soft' }, t('knowledge.addPageText')), fields.element) });
  dialog.id = 'web-page';
  return dialog;
}

