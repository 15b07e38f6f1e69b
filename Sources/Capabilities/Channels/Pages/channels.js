// The line to WhatsApp: whether it is open, whether everything works, and the templates.

import { ask, change, path } from '/pages/look/api.js';
import { may, organisation } from '/pages/look/base/session.js';
import {
  badge, blank, button, el, exactTime, field, filters, name, notice, openDialog, pairs, put, rich, t, table, time, toast,
} from '/pages/look/parts.js';
import { addCommands, enter, pageHead } from '/pages/look/shell.js';

enter('channels', (page) => {
  const show = () => { if (page.isConnected) open(page, organisation()); };
  addEventListener('parley:organisation', show);
  show();
});

function open(page, here) {
  if (!here) {
    return put(page, pageHead({ title: t('channels.title'), lead: t('channels.lead') }),
      blank({ picture: 'building', title: t('channels.choose'), text: t('channels.chooseText'), level: 2 }));
  }
  const stops = el('div', { id: 'stops', class: 'stack' });
  const events = el('div', { id: 'events' });
  const checks = el('div', { id: 'checks' });
  const narrow = filters(t('channels.filter'), [{ name: 'text', kind: 'search', label: t('channels.search'), keys: true }]);
  const list = table({
    label: t('channels.templates'), kind: 'channels-table', count: 'channels.count', failedTitle: t('channels.broken'), filters: narrow,
    id: (template) => template.name + '/' + template.language, name: (template) => template.name,
    open: preview,
    empty: { picture: 'read', level: 2, title: t('channels.none'), text: t('channels.noneText') },
    columns: [
      { head: t('channels.name'), kind: 'lead', cell: (template) => name(template.name) },
      { head: t('channels.language'), cell: (template) => name(template.language) },
      { head: t('channels.status'), cell: (template) => statusOf(template) },
      { head: t('channels.category'), cell: (template) => name(template.category.toLowerCase()) },
      { head: t('channels.synchronised'), cell: (template) => time(template.at) },
    ],
    async load({ filters: { text }, signal }) {
      const { templates } = await ask(path(['tenants', here.id, 'templates']), { signal });
      const wanted = text.toLocaleLowerCase();
      const rows = templates.filter((template) => !wanted || [template.name, template.body].some((words) => words.toLocaleLowerCase().includes(wanted)));
      return { rows, total: rows.length };
    },
  });

  async function synchronise() {
    try {
      await change('POST', path(['tenants', here.id, 'templates', 'synchronise']));
      toast(t('channels.synchronisedNow'));
      list.load();
    } catch (problem) {
      toast(problem.words, { bad: true });
    }
  }

  async function tryAll() {
    put(checks, notice('', t('channels.trying')));
    try {
      const found = await ask(path(['tenants', here.id, 'checks']));
      put(checks, el('ul', { class: 'channel-checks', 'aria-label': t('channels.checks') }, found.checks.map(checkOf)));
    } catch (problem) {
      put(checks, notice('bad', t('channels.notTried'), problem.words));
    }
  }

  const heads = may('settings:read');
  put(page, pageHead({
    title: t('channels.title'), lead: t('channels.lead'),
    acts: [
      heads ? button(t('channels.try'), { picture: 'shield', id: 'try', act: tryAll }) : null,
      may('settings:write') ? button(t('channels.synchronise'), { picture: 'refresh', id: 'synchronise', act: synchronise }) : null,
    ].filter(Boolean),
  }), stops, checks, list.element, events);
  if (may('settings:write')) addCommands([{ words: t('channels.synchronise'), picture: 'refresh', run: synchronise }]);
  list.load();
  if (!heads) return;
  ask(path(['tenants', here.id])).then((tenant) => {
    put(stops, (tenant.stops ?? []).map(stopOf));
    if (!tenant.events?.length) return;
    put(events, el('h2', {}, t('channels.events')),
      el('ul', { class: 'channel-checks', 'aria-label': t('channels.events') }, tenant.events.map(eventOf)));
  }, () => { /* not connected yet */ });
}

/** Why nothing can be sent, and what to do. */
function stopOf(stop) {
  return notice('bad', t('channels.stopped', { when: exactTime(stop.since) }), [
    rich('channels.stoppedText', {
      meaning: name(stop.meaning), code: String(stop.code), remedy: name(stop.remedy), again: exactTime(stop.until),
    }),
    stop.ends ? [' ', t('channels.ends', { when: exactTime(stop.ends) })] : null,
  ]);
}

const weights = { news: ['', 'bell'], warning: ['warn', 'warn'], trouble: ['bad', 'bad'] };

/** What WhatsApp said of the account, a number or a template. */
function eventOf(event) {
  const [kind, picture] = weights[event.weight] ?? weights.news;
  return el('li', { 'data-field': event.field, 'data-weight': event.weight },
    badge(kind, t('channels.weight.' + event.weight), picture), ' ', time(event.at), ' ', name(event.meaning),
    event.remedy ? el('div', { class: 'sub' }, name(event.remedy)) : null);
}

const outcomes = { fine: ['ok', 'check'], warning: ['warn', 'warn'], broken: ['bad', 'bad'], skipped: ['', 'minus'] };

function checkOf(check) {
  const [kind, picture] = outcomes[check.outcome] ?? outcomes.skipped;
  return el('li', { 'data-check': check.name, 'data-outcome': check.outcome },
    badge(kind, t('channels.check.' + check.outcome), picture), ' ', name(check.says), check.remedy ? el('div', { class: 'sub' }, name(check.remedy)) : null);
}

function statusOf({ status }) {
  const kind = { APPROVED: 'ok', PENDING: 'warn', PAUSED: 'warn', REJECTED: 'bad', DISABLED: 'bad' }[status] ?? '';
  return badge(kind, name(status.toLowerCase()));
}

/** The template as a customer reads it; what is filled in is shown as it is typed. */
function preview(template) {
  const bubble = el('div', { class: 'channel-bubble', dir: 'auto', id: 'bubble' });
  const values = {};
  const show = () => put(bubble,
    template.headerText ? el('strong', {}, name(template.headerText)) : null,
    template.header && template.header !== 'TEXT' ? el('div', { class: 'sub' }, t('channels.header', { kind: template.header.toLowerCase() })) : null,
    el('div', {}, filled(template.body, values)),
    template.footer ? el('div', { class: 'sub' }, name(template.footer)) : null,
    template.buttons.length ? el('div', { class: 'row' }, template.buttons.map((words) => badge('', name(words)))) : null);
  const inputs = template.parameters.map((parameter) => {
    const made = field({ name: 'value-' + parameter, label: t('channels.parameter', { parameter }), attributes: { maxlength: 1024 } });
    made.element.addEventListener('input', (event) => {
      values[parameter] = event.target.value;
      show();
    });
    return made.element;
  });
  show();
  const dialog = openDialog({
    kind: 'drawer', title: template.name,
    body: [
      pairs([
        [t('channels.language'), name(template.language)], [t('channels.status'), statusOf(template)],
        [t('channels.category'), name(template.category.toLowerCase())], [t('channels.synchronised'), exactTime(template.at)],
      ]),
      template.status === 'APPROVED' ? null : notice('warn', t('channels.notApproved')),
      inputs, el('h3', {}, t('channels.preview')), bubble,
    ],
  });
  dialog.id = 'template';
}

/** A text with its places: filled in, or marked. */
function filled(text, values) {
  return text.split(/(\{\{[^{}]*\}\})/).map((piece) => {
    const place = piece.match(/^\{\{\s*(.*?)\s*\}\}$/)?.[1];
    if (place === undefined) return piece;
    return el('mark', {}, values[place] || piece);
  });
}
