// Dead letters: records that were set aside, why, and what can be done about them: each act is first
// only tried, and says what it would do.

import { all, ask, path } from '/pages/look/api.js';
import { may } from '/pages/look/base/session.js';
import { badge, day, el, filters, momentsOf, name, number, put, t, table, time } from '/pages/look/parts.js';
import { addCommands, enter, pageHead } from '/pages/look/shell.js';
import { openLetter } from './letter.js';
import { discard, redrive } from './remedies.js';

const kinds = { open: 'warn', redriven: 'ok', discarded: '' };

enter('letters', (page) => {
  const businesses = new Map();
  const mayAct = may('deployments:manage');
  const narrow = filters(t('letters.filter'), [
    { name: 'error', kind: 'search', label: t('letters.search'), keys: true },
    { name: 'stage', kind: 'select', label: t('letters.stage'), options: [['', t('letters.anyStage')]] },
    { name: 'tenant', kind: 'select', label: t('letters.business'), options: [['', t('letters.anyBusiness')]] },
    { name: 'standing', kind: 'select', label: t('letters.standing'), options: [['', t('letters.onlyOpen')], ['all', t('letters.all')]] },
    {
      name: 'period', kind: 'period', label: t('letters.when'),
      options: [['', t('letters.anyTime')], ['1', t('letters.day')], ['7', t('letters.week')], ['30', t('letters.month')]],
    },
  ]);
  const business = (id) => businesses.get(id) ?? id;
  const done = () => list.load();
  const list = table({
    label: t('letters.list'), kind: 'letters-table', count: 'letters.count', failedTitle: t('letters.broken'), filters: narrow,
    live: { room: 'operations' },
    id: (letter) => letter.letter, name: (letter) => letter.position, group: (letter) => day(letter.at),
    open: show,
    menu: mayAct ? (letter) => [
      { words: t('letters.open'), picture: 'read', run: () => show(letter) },
      {
        words: t('letters.redrive'), picture: 'undo', why: letter.mayRedrive ? null : t('letters.notRedriven'),
        attributes: { 'data-letter-act': 'redrive' }, run: () => redrive([letter], done),
      },
      {
        words: t('letters.discard'), picture: 'trash', danger: true, why: letter.standing === 'open' ? null : t('letters.settled'),
        attributes: { 'data-letter-act': 'discard' }, run: () => discard([letter], done),
      },
    ] : undefined,
    select: mayAct ? {
      acts: [
        { name: 'redrive', words: t('letters.redrive'), picture: 'undo', run: (rows) => redrive(rows, done) },
        { name: 'discard', words: t('letters.discard'), picture: 'trash', danger: true, run: (rows) => discard(rows, done) },
      ],
    } : undefined,
    empty: { picture: 'ok', level: 2, title: t('letters.none'), text: t('letters.noneText') },
    columns: [
      {
        head: t('letters.reason'), kind: 'lead', class: 'reason',
        cell: (letter) => [name(letter.reason), el('span', { class: 'sub mono' }, letter.type)],
      },
      { head: t('letters.stage'), cell: (letter) => el('span', { class: 'mono' }, letter.stage) },
      { head: t('letters.business'), cell: (letter) => name(business(letter.tenant)) },
      { head: t('letters.error'), cell: (letter) => badge('outline', t('letters.class.' + letter.error)) },
      { head: t('letters.attempts'), kind: 'number', cell: (letter) => number(letter.attempts) },
      { head: t('letters.standing'), cell: (letter) => badge(kinds[letter.standing], t('letters.is.' + letter.standing)) },
      { head: t('letters.when'), class: 'when', cell: (letter) => time(letter.at) },
    ],
    async load({ after, limit, filters: { error, stage, tenant, standing, ...values }, signal }) {
      const found = await ask(path(['operations', 'dead-letters'], {
        error, stage, tenant, standing, ...momentsOf(values), limit, after,
      }), { signal });
      narrow.offer('stage', [['', t('letters.anyStage')], ...found.stages.map((each) => [each, each])]);
      return { rows: found.letters, next: found.next, total: found.total };
    },
  });
  narrow.listen(() => list.load());

  async function show(letter) {
    await openLetter(letter, { business, mayAct, redrive: () => redrive([letter], done), discard: () => discard([letter], done) });
  }

  put(page, pageHead({ title: t('letters.title'), lead: t('letters.lead') }), list.element);
  addCommands([{ words: t('act.refresh'), picture: 'refresh', keys: ['R'], run: () => list.load() }]);
  list.load();
  if (may('tenants:read')) {
    all(['tenants'], 'tenants').then((found) => {
      for (const tenant of found) businesses.set(tenant.id, tenant.name);
      narrow.offer('tenant', [['', t('letters.anyBusiness')], ...found.map((tenant) => [tenant.id, tenant.name])]);
      if (list.rows.length) list.show();
    }, () => { /* the list is there without their names */ });
  }
});
