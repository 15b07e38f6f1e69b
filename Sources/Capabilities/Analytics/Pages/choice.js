// Which figures are shown: what is chosen stands in the address, so that it can be sent to others.

import { el, segments, t } from '/pages/look/parts.js';

const steps = { '24h': ['hour'], '7d': ['day', 'hour'], '30d': ['day', 'week'], '90d': ['day', 'week'] };

/** What the address says. */
export function chosen() {
  const query = new URLSearchParams(location.search);
  const period = Object.hasOwn(steps, query.get('period')) ? query.get('period') : '7d';
  const by = steps[period].includes(query.get('by')) ? query.get('by') : steps[period][0];
  return { period, by, compare: query.get('compare') !== 'no' };
}

function keep(choice) {
  const query = new URLSearchParams(location.search);
  for (const [key, value] of Object.entries(choice)) query.set(key, value === true ? 'yes' : value === false ? 'no' : value);
  history.replaceState(history.state, '', `${location.pathname}?${query}${location.hash}`);
}

/** The switches; `changed` is called with what is chosen then. `hasSteps` is false where parts are as they are. */
export function switches(changed, { hasSteps = true } = {}) {
  const choice = chosen();
  const set = (more) => { keep({ ...choice, ...more }); changed(); };
  return el('div', { class: 'analytics-switches', id: 'analytics-switches' },
    segments(t('analytics.period'), Object.keys(steps).map((period) => [period, t('analytics.period.' + period)]),
      { chosen: choice.period, changed: (period) => set({ period, by: steps[period][0] }) }),
    hasSteps && steps[choice.period].length > 1
      ? segments(t('analytics.by'), steps[choice.period].map((by) => [by, t('analytics.by.' + by)]), { chosen: choice.by, changed: (by) => set({ by }) })
      : null,
    segments(t('analytics.compare'), [['yes', t('analytics.compare.yes')], ['no', t('analytics.compare.no')]],
      { chosen: choice.compare ? 'yes' : 'no', changed: (value) => set({ compare: value === 'yes' }) }));
}
