// What the business promises its customers once people are to answer: minutes of open time.

import { field, t, toast } from '/pages/look/parts.js';
import { part } from './settings.js';

/** What is promised, by the name in the API. */
const promises = { queueWait: 'queueWaitSeconds', firstResponse: 'firstResponseSeconds', nextResponse: 'nextResponseSeconds', resolution: 'resolutionSeconds' };

/** The tab. */
export async function levelsTab(tenant) {
  return part(tenant, 'levels', {
    title: t('organisation.levels'), lead: t('organisation.levelsLead'), permission: 'settings:write', kind: 'organisation-levels',
    saved: () => toast(t('form.saved')),
    fields: [
      ...pairs(Object.entries(promises).map(([name, sent]) => field({
        name, kind: 'number', label: t('organisation.levels.' + name), hint: t(`organisation.levels.${name}Hint`), optional: true, pointer: `/${sent}`,
      }))),
      field({ name: 'warnPercent', kind: 'number', label: t('organisation.levels.warn'), hint: t('organisation.levels.warnHint') }),
      field({ name: 'escalates', kind: 'switch', label: t('organisation.levels.escalates'), hint: t('organisation.levels.escalatesHint') }),
    ],
    read: (now) => ({
      ...Object.fromEntries(Object.entries(promises).map(([name, sent]) => [name, shown(now[sent])])), warnPercent: String(now.warnPercent), escalates: now.escalates,
    }),
    write: (values) => ({
      ...Object.fromEntries(Object.entries(promises).filter(([name]) => values[name] !== null).map(([name, sent]) => [sent, seconds(values[name])])),
      warnPercent: values.warnPercent, escalates: values.escalates,
    }),
  });
}

/** Two fields beside each other. */
function pairs(fields) {
  return fields.flatMap((each, index) => (index % 2 ? [] : [fields.slice(index, index + 2)]));
}

function shown(seconds) {
  return seconds === undefined ? '' : String(Math.round(seconds / 0.6) / 100);
}

/** What is no number is the console's to refuse. */
function seconds(minutes) {
  return typeof minutes === 'number' ? Math.round(minutes * 60) : minutes;
}
