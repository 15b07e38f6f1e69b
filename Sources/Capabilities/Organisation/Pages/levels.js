// What the business promises its customers once people are to answer: minutes of open time.

import { ask, path } from '/pages/look/api.js';
import { may } from '/pages/look/base/session.js';
import { button, el, field, number, put, t, toast } from '/pages/look/parts.js';
import { listField } from './rows.js';
import { part } from './settings.js';

/** What is promised, by the name in the API. */
const promises = { queueWait: 'queueWaitSeconds', firstResponse: 'firstResponseSeconds', nextResponse: 'nextResponseSeconds', resolution: 'resolutionSeconds' };
/** The priorities that queues may have. */
const priorities = [1, 2, 3, 4, 5, 6, 7, 8, 9];

/** The tab. */
export async function levelsTab(tenant) {
  const queues = await queuesOf(tenant);
  return part(tenant, 'levels', {
    title: t('organisation.levels'), lead: t('organisation.levelsLead'), permission: 'settings:write', kind: 'organisation-levels',
    saved: () => toast(t('form.saved')),
    fields: [
      ...pairs(Object.entries(promises).map(([name, sent]) => field({
        name, kind: 'number', label: t('organisation.levels.' + name), hint: t(`organisation.levels.${name}Hint`), optional: true, pointer: `/${sent}`,
      }))),
      targetsField(queues),
      field({ name: 'warnPercent', kind: 'number', label: t('organisation.levels.warn'), hint: t('organisation.levels.warnHint') }),
      field({ name: 'escalates', kind: 'switch', label: t('organisation.levels.escalates'), hint: t('organisation.levels.escalatesHint') }),
    ],
    read: (now) => ({
      ...Object.fromEntries(Object.entries(promises).map(([name, sent]) => [name, shown(now[sent])])), targets: now.targets,
      warnPercent: String(now.warnPercent), escalates: now.escalates,
    }),
    write: (values) => ({
      ...Object.fromEntries(Object.entries(promises).filter(([name]) => values[name] !== null).map(([name, sent]) => [sent, seconds(values[name])])),
      warnPercent: values.warnPercent, escalates: values.escalates, targets: values.targets,
    }),
  });
}

/** The queues that there are; none where this person does not see them. */
async function queuesOf(tenant) {
  if (!may('handoffs:read', tenant)) return [];
  try { return (await ask(path(['tenants', tenant, 'routing']))).queues; } catch { return []; }
}

/** What is promised instead in some queues, or to those of some priority. */
function targetsField(queues) {
  const body = el('div', { class: 'organisation-dates' });
  const list = listField('targets', t('organisation.targets'), t('organisation.targetsHint'), body);
  let rows = [];

  function show(focus) {
    put(body, rows.length ? rows.map((row) => row.element) : el('span', { class: 'soft' }, t('organisation.noTargets')),
      el('div', { class: 'row' }, button(t('organisation.targetAdd'), {
        kind: 'small', picture: 'plus', id: 'add-target', act: () => {
          rows.push(rowOf(queues.length ? { queue: queues[0].id } : { priority: 1 }));
          show();
          rows.at(-1).element.querySelector('select').focus();
          list.changed();
        },
      })));
    if (focus) body.querySelector(focus)?.focus();
  }
  function rowOf(target) {
    const queue = choice('queue', target.queue, t('organisation.target.queue'), t('organisation.target.anyQueue'), queues.map(({ id, name }) => [id, name]), t('organisation.target.goneQueue'));
    const priority = choice('priority', target.priority, t('organisation.target.priority'), t('organisation.target.anyPriority'), priorities.map((each) => [String(each), t('organisation.target.priorityOf', { priority: number(each) })]));
    const inputs = Object.entries(promises).map(([name, sent]) => [sent, el('input', {
      class: 'input num', inputmode: 'decimal', 'data-part': name, '.value': shown(target[sent]), placeholder: '–', 'aria-label': t('organisation.levels.' + name),
    })]);
    const row = {};
    row.element = el('div', { class: 'organisation-target' },
      el('div', { class: 'organisation-target-place' }, queue, priority,
        button(null, { kind: 'quiet small', picture: 'x', label: t('organisation.targetRemove'), act: () => {
          rows = rows.filter((each) => each !== row);
          show('#add-target');
          list.changed();
        } })),
      el('div', { class: 'organisation-target-times' }, inputs.map(([, input]) => el('label', {}, el('span', { class: 'meta' }, input.getAttribute('aria-label')), input))));
    row.read = () => ({
      ...(queue.value ? { queue: queue.value } : {}), ...(priority.value ? { priority: Number(priority.value) } : {}),
      ...Object.fromEntries(inputs.filter(([, input]) => input.value.trim()).map(([sent, input]) => [sent, seconds(numberOf(input.value))])),
    });
    return row;
  }
  return list.field(() => rows.map((row) => [row.element, t('organisation.targets')]), () => rows.map((row) => row.read()),
    (values) => {
      rows = (values ?? []).map(rowOf);
      show();
    });
}

/** A choice of one among some, or of any; what is chosen stays so where it is not among them. */
function choice(name, value, label, any, all, gone) {
  const chosen = value === undefined ? '' : String(value);
  const isGone = chosen && !all.some(([each]) => each === chosen);
  return el('select', { class: 'input', 'data-part': name, 'aria-label': label },
    el('option', { value: '' }, any), all.map(([each, words]) => el('option', { value: each, selected: each === chosen }, words)),
    isGone ? el('option', { value: chosen, selected: true }, gone ?? chosen) : null);
}

/** A number as it was typed; what is none stays a text, which the console refuses. */
function numberOf(text) {
  const value = Number(text.trim().replace(',', '.'));
  return Number.isFinite(value) ? value : text;
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
