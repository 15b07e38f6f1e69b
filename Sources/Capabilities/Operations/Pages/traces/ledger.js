// The ledger: how many messages fared how, what waits where, and which need a look.

import { all, ask, path } from '/pages/look/api.js';
import { may } from '/pages/look/base/session.js';
import { badge, blank, button, card, el, figures, fillIn, filters, momentsOf, name, notice, number, plainTable, t, time } from '/pages/look/parts.js';

const looks = { answered: 'ok', handed: 'ok', silent: '', undelivered: 'warn', dead_lettered: 'bad', discarded: '', erased: '', awaiting: 'accent', unaccounted: 'bad' };

const count = (value) => el('span', { class: 'num' }, number(value));

/** The ledger of a time, which a filter chooses. */
export function ledger() {
  const place = el('div', { id: 'ledger' });
  const businesses = new Map();
  const narrow = filters(t('ledger.filter'), [
    { name: 'tenant', kind: 'select', label: t('traces.business'), options: [['', t('ledger.anyBusiness')]] },
    { name: 'period', kind: 'period', label: t('ledger.period'), options: [['', t('ledger.day')], ['3', t('ledger.three')], ['7', t('ledger.week')], ['30', t('ledger.month')]] },
  ], { end: [button(t('act.refresh'), { kind: 'small', picture: 'refresh', act: () => load() })] });

  function load() {
    fillIn(place, async () => {
      const { tenant, ...values } = narrow.values;
      const found = await ask(path(['operations', 'ledger'], { tenant, ...momentsOf(values) }));
      return shown(found, (id) => businesses.get(id) ?? id);
    }, { title: t('ledger.broken'), level: 2 });
  }
  narrow.listen(load);
  if (may('tenants:read')) {
    all(['tenants'], 'tenants').then((found) => {
      for (const tenant of found) businesses.set(tenant.id, tenant.name);
      narrow.offer('tenant', [['', t('ledger.anyBusiness')], ...found.map((tenant) => [tenant.id, tenant.name])]);
    }, () => { /* it is there without their names */ });
  }
  load();
  return el('div', { class: 'stack' }, card({ body: narrow.element }), place);
}

function shown(found, business) {
  const state = (key) => found.states.find((each) => each.state === key)?.count ?? 0;
  const unaccounted = state('unaccounted');
  return el('div', { class: 'stack' },
    unaccounted ? notice('bad', t('ledger.unaccounted', { count: unaccounted }), t('ledger.unaccountedText'))
      : notice('ok', t('ledger.fine')),
    figures([
      { id: 'accepted', label: t('ledger.accepted'), value: found.messages, note: t('ledger.repeats', { count: found.repeats }) },
      { id: 'answered', label: t('ledger.state.answered'), value: state('answered') },
      { id: 'handed', label: t('ledger.state.handed'), value: state('handed') },
      { id: 'unaccounted', label: t('ledger.state.unaccounted'), value: unaccounted },
    ]),
    found.messages ? card({
      title: t('ledger.fates'),
      wrap: el('div', { class: 'table-wrap' }, plainTable(t('ledger.fates'), [t('ledger.fate'), t('ledger.count')],
        found.states.map((each) => [badge(looks[each.state], t('ledger.state.' + each.state)), count(each.count)]))),
    }) : blank({ picture: 'list', level: 2, title: t('ledger.none'), text: t('ledger.noneText') }),
    found.awaiting.length ? card({
      title: t('ledger.awaiting'),
      wrap: el('div', { class: 'table-wrap' }, plainTable(t('ledger.awaiting'), [t('ledger.place'), t('ledger.count'), t('ledger.oldest')],
        found.awaiting.map((queue) => [el('span', { class: 'mono' }, queue.place), count(queue.count), time(Date.parse(queue.oldest))]))),
    }) : null,
    found.businesses.length > 1 ? card({
      title: t('ledger.byBusiness'),
      wrap: el('div', { class: 'table-wrap' }, plainTable(t('ledger.byBusiness'), [t('traces.business'), t('ledger.state.answered'), t('ledger.state.handed'), t('ledger.state.awaiting'), t('ledger.state.unaccounted')],
        found.businesses.map((each) => [name(business(each.tenant)),
          ...['answered', 'handed', 'awaiting', 'unaccounted'].map((key) => count(each.states.find((one) => one.state === key)?.count ?? 0))]))),
    }) : null,
    found.items.length ? card({
      title: t('ledger.items'), foot: found.isCut ? t('ledger.cut') : null,
      wrap: el('div', { class: 'table-wrap' }, plainTable(t('ledger.items'), [t('traces.message'), t('ledger.fate'), t('ledger.place'), t('traces.business'), t('ledger.heard')],
        found.items.map((item) => [
          item.message ? el('a', { class: 'mono', href: `/pages/traces/?id=${encodeURIComponent(item.message)}` }, item.message) : el('span', { class: 'mono' }, item.position),
          badge(looks[item.state], t('ledger.state.' + item.state)), el('span', { class: 'mono' }, item.waiting ?? '–'),
          name(business(item.tenant)), time(Date.parse(item.heard)),
        ]))),
    }) : null,
    el('p', { class: 'soft' }, t('ledger.since', { count: number(found.messages) }), ' ', time(found.from)));
}
