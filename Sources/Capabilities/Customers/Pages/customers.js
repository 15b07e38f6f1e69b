// The customers of a business: list, search, one in a drawer, from files and into files.

import { ask, path, save } from '/pages/look/api.js';
import { may, organisation } from '/pages/look/base/session.js';
import {
  avatar, badge, blank, button, dayOf, el, filters, icon, name, notice, put, t, table, toast,
} from '/pages/look/parts.js';
import { addCommands, enter, pageHead } from '/pages/look/shell.js';
import { openCustomer } from './customer.js';
import { openImport } from './import.js';
import { labelChip, nameOf, phoneOf } from './marks.js';
import { openNew } from './new.js';

/** Labels that a row shows. */
const shownLabels = 3;

enter('customers', (page) => {
  const show = () => { if (page.isConnected) open(page, organisation()); };
  addEventListener('parley:organisation', show);
  show();
}, { words: ['desk'] });

function open(page, here) {
  if (!here) {
    return put(page, pageHead({ title: t('customers.title'), lead: t('customers.lead') }),
      blank({ picture: 'building', title: t('customers.choose'), text: t('customers.chooseText'), level: 2 }));
  }
  const at = (...rest) => path(['tenants', here.id, ...rest]);
  const mayWrite = may('conversations:answer');
  const mayFile = may('settings:write');
  const notices = el('div', { id: 'notices' });
  let labels = [];
  const narrow = filters(t('customers.filter'), [
    { name: 'words', kind: 'search', label: t('customers.search'), keys: true },
    { name: 'label', kind: 'select', label: t('customers.label'), options: [['', t('customers.anyLabel')]] },
    { name: 'consent', kind: 'select', label: t('customers.consent'), options: [['', t('customers.anyConsent')], ['in', t('customers.in')], ['out', t('customers.out')], ['unknown', t('customers.unknown')]] },
    { name: 'written', kind: 'select', label: t('customers.talked'), options: [['', t('customers.anyTalk')], ['true', t('customers.hasWritten')], ['false', t('customers.notWritten')]] },
  ]);
  const asked = ({ words, label, consent, written }) => ({ words, label, consent, hasWritten: written });
  const list = table({
    label: t('customers.list'), kind: 'customers-table', count: 'customers.count', failedTitle: t('customers.broken'), filters: narrow,
    id: (row) => row.id, name: nameOf, href: (row) => address(row.id), open: (row) => look(row.id),
    empty: { picture: 'users', title: t('customers.none'), text: t(mayFile ? 'customers.noneText' : 'customers.noneTextAgent') },
    columns: [
      { head: t('customers.name'), kind: 'lead', mark: (row) => avatar({ text: nameOf(row).replace(/^\+/, '') }), cell: nameCell },
      { head: t('customers.phone'), class: 'phone', cell: (row) => (row.phone ? el('bdi', { class: 'num' }, phoneOf(row)) : el('span', { class: 'soft' }, '–')) },
      { head: t('customers.labels'), cell: (row) => marks(row, labels) },
      { head: t('customers.consent'), cell: consentCell },
      { head: t('customers.talked'), cell: (row) => el('span', { class: row.hasWritten ? '' : 'soft' }, t(row.hasWritten ? 'customers.hasWritten' : 'customers.notWritten')) },
    ],
    async load({ after, limit, filters: values, signal }) {
      const found = await ask(path(['tenants', here.id, 'customers'], { ...asked(values), limit, after }), { signal });
      return { rows: found.customers, next: found.next, total: found.total };
    },
  });

  function address(id) {
    const place = new URLSearchParams(location.search);
    if (id) place.set('customer', id);
    else place.delete('customer');
    const text = place.toString();
    return location.pathname + (text ? '?' + text : '');
  }

  async function look(id) {
    let found;
    try {
      found = await ask(at('customers', id));
    } catch (problem) {
      return put(notices, notice('warn', t('customers.missing'), problem.words));
    }
    put(notices);
    history.replaceState(history.state, '', address(id));
    return openCustomer(found, {
      tenant: here.id, labels, mayWrite, changed: () => list.load(),
      closed: () => history.replaceState(history.state, '', address(null)),
    });
  }

  async function exported() {
    try {
      await save(path(['tenants', here.id, 'exports', 'customers.csv'], asked(narrow.values)), `customers-${dayOf(Date.now())}.csv`);
      toast(t('customers.exported'));
    } catch (problem) {
      toast(problem.words, { bad: true });
    }
  }
  const add = () => openNew({ tenant: here.id, labels, made: (customer) => { list.load(); look(customer.id); } });
  const take = () => openImport({ tenant: here.id, done: () => list.load() });

  put(page, pageHead({
    title: t('customers.title'), lead: t('customers.lead'),
    acts: [
      mayFile ? button([icon('download'), t('customers.export')], { id: 'export', act: exported }) : null,
      mayFile ? button([icon('upload'), t('customers.import')], { id: 'import', act: take }) : null,
      mayWrite ? button(t('customers.new'), { kind: 'primary', picture: 'plus', id: 'new', act: add }) : null,
    ].filter(Boolean),
  }), notices, list.element);
  addCommands([
    { words: t('act.refresh'), picture: 'refresh', keys: ['R'], run: () => list.load() },
    ...(mayWrite ? [{ words: t('customers.new'), picture: 'plus', keys: ['N'], run: add }] : []),
    ...(mayFile ? [{ words: t('customers.import'), picture: 'upload', run: take }, { words: t('customers.export'), picture: 'download', run: exported }] : []),
  ]);
  ask(at('desk', 'labels')).then((found) => {
    labels = found.labels.filter((label) => !label.mergedInto);
    narrow.offer('label', [['', t('customers.anyLabel')], ...labels.map((label) => [label.id, label.name])]);
    if (list.rows.length) list.show();
  }, () => { /* the list is there without their names */ });
  list.load();
  const wanted = new URLSearchParams(location.search).get('customer');
  if (wanted) look(wanted);
  return undefined;
}

function nameCell(row) {
  const sub = [row.profileName ? `~ ${row.profileName}` : null, row.username ? `@${row.username}` : null, row.email].filter(Boolean).join(' · ');
  return [
    name(nameOf(row)), row.members > 1 ? [' ', badge('outline', t('customers.members', { count: row.members }), 'link')] : null,
    sub ? el('span', { class: 'sub' }, name(sub)) : null,
  ];
}

function marks(row, labels) {
  const borne = labels.filter(({ id }) => row.labels.includes(id));
  if (!borne.length) return el('span', { class: 'soft' }, '–');
  const rest = borne.length - shownLabels;
  return el('div', { class: 'marks' }, borne.slice(0, shownLabels).map((label) => labelChip(label)), rest > 0 ? el('span', { class: 'meta' }, `+${rest}`) : null);
}

function consentCell({ consent }) {
  if (!consent) return el('span', { class: 'soft' }, t('customers.unknown'));
  return consent.isGiven ? badge('ok', t('customers.in'), 'check') : badge('warn', t('customers.out'), 'stop');
}
