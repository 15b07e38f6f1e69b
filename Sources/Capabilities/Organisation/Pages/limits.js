// What the business may have, and what it has: there to be looked at.

import { ask, path } from '/pages/look/api.js';
import { badge, card, el, gauges, name, number, t } from '/pages/look/parts.js';

/** From this part of a limit on, little is left. */
const near = 0.8;

/** The tab. */
export async function limitsTab(tenant) {
  const { plan, limits } = await ask(path(['tenants', tenant, 'limits']));
  const bounded = limits.filter(({ most }) => most !== undefined);
  const free = limits.filter(({ most }) => most === undefined);
  return [
    card({
      title: t('organisation.limits'), end: badge('accent', name(plan)),
      body: [
        el('p', { class: 'soft' }, t('organisation.limitsLead')),
        gauges(bounded.map(({ id, used, most }) => ({
          label: t('organisation.limit.' + id), value: used, max: most, kind: used >= near * most ? 'warn' : '',
          words: t('organisation.limitOf', { used, most }),
        }))),
      ],
    }),
    card({
      title: t('organisation.unlimited'),
      body: el('dl', { class: 'pairs' }, free.map(({ id, used }) => [el('dt', {}, t('organisation.limit.' + id)), el('dd', { class: 'num' }, number(used))])),
    }),
  ];
}
