// The installation's API keys: each is shown once, and can be changed over without a gap.

import { ask, change, path } from '/pages/look/api.js';
import { today } from '/pages/look/parts/filters.js';
import {
  badge, button, confirmEffects, date, el, field, form, name, openDialog, series, showSecret, t, table, time, toast,
} from '/pages/look/parts.js';
import { startOfDay } from '/pages/look/base/times.js';
import { permissionName } from './permissions.js';

const base = ['installation', 'keys'];
/** Permissions that a row names. */
const shown = 3;
/** How long the key before may still work, in seconds. */
const graces = [0, 3_600, 86_400, 259_200, 604_800];

/** The tab. */
export function keysTab({ isAppointer }) {
  const list = table({
    label: t('installation.tab.keys'), count: 'installation.keyCount', live: { room: 'installation' }, id: (key) => key.id, name: (key) => key.name,
    empty: { picture: 'key', level: 2, title: t('installation.noKey'), text: t('installation.noKeyText') },
    acts: isAppointer ? button(t('installation.newKey'), { kind: 'primary', picture: 'plus', id: 'new-key', act: () => openNew(() => list.load()) }) : null,
    menu: isAppointer ? (key) => [
      { words: t('installation.rotate'), picture: 'refresh', why: key.isLive ? undefined : t('installation.ended'), run: () => openRotate(key, () => list.load()) },
      { words: t('installation.changeThis'), picture: 'edit', why: key.isLive ? undefined : t('installation.ended'), run: () => openChange(key, () => list.load()) },
      { words: t('installation.revoke'), picture: 'trash', danger: true, why: key.isLive ? undefined : t('installation.ended'), run: () => revoke(key, () => list.load()) },
    ] : undefined,
    columns: [
      { head: t('installation.name'), kind: 'lead', cell: (key) => [name(key.name), el('span', { class: 'sub mono' }, `ply_live_${key.id}_…`)] },
      { head: t('installation.may'), cell: mayCell },
      { head: t('installation.state'), cell: stateCell },
      { head: t('installation.lastUsed'), cell: ({ usedAt }) => (usedAt ? time(usedAt) : el('span', { class: 'soft' }, t('installation.neverUsed'))) },
    ],
    load: async ({ signal }) => {
      const { keys } = await ask(path(base), { signal });
      return { rows: keys, total: keys.length };
    },
  });
  list.load();
  return list.element;
}

function mayCell({ permissions, networks }) {
  const names = permissions.slice(0, shown).map(permissionName);
  const rest = permissions.length - names.length;
  return el('span', {}, series(names), rest > 0 ? el('span', { class: 'sub' }, t('installation.more', { count: rest })) : null,
    networks.length ? el('span', { class: 'sub mono' }, networks.join(', ')) : null);
}

function stateCell({ isLive, expires }) {
  if (!isLive) return badge('', t('installation.ended'), 'stop');
  return [badge('ok', t('installation.live'), 'check'), expires ? el('span', { class: 'sub' }, t('installation.until', { date: date(expires) })) : null];
}

const lines = (text) => text.split(/[\s,]+/).filter(Boolean);

function networksField(value = '') {
  return field({
    name: 'networks', kind: 'textarea', label: t('installation.networks'), optional: true, hint: t('installation.networksHint'), value,
    attributes: { rows: 2, spellcheck: 'false' },
  });
}

async function openNew(done) {
  const { rows } = await ask(path(['permissions']));
  const ticks = rows.filter(({ operators }) => operators !== 'never').map(({ permission }) => el('input', { type: 'checkbox', value: permission }));
  const made = form({
    fields: [
      field({ name: 'name', label: t('installation.name'), attributes: { maxlength: 100, autocomplete: 'off', autofocus: true } }),
      field({ name: 'expires', kind: 'date', label: t('installation.expires'), optional: true, attributes: { min: today() } }),
      networksField(),
    ],
    submit: t('installation.newKey'), cancel: () => dialog.close(),
    extra: [el('fieldset', { class: 'installation-ticks' }, el('legend', {}, t('installation.may')), ticks.map((input) => el('label', { class: 'check' }, input,
      el('span', {}, permissionName(input.value), el('span', { class: 'hint mono' }, input.value)))))],
    save: ({ name: words, expires, networks }, { once }) => change('POST', path(base), {
      body: {
        name: words, permissions: ticks.filter(({ checked }) => checked).map(({ value }) => value),
        expires: expires ? startOfDay(expires, 1) : undefined, networks: lines(networks),
      }, once,
    }),
    saved: async (answer) => { dialog.close(); await show(answer); done(); },
  });
  const dialog = openDialog({ kind: 'drawer', title: t('installation.newKey'), body: [el('p', { class: 'soft' }, t('installation.keyText')), made.element] });
}

function show({ key, secret }) {
  return showSecret({
    title: t('installation.keyMade'), text: t('installation.keyMadeText'), secret, label: t('installation.keyOf', { name: key.name }),
  });
}

function openRotate(key, done) {
  const made = form({
    fields: [field({
      name: 'grace', kind: 'select', label: t('installation.grace'), options: graces.map((seconds) => [String(seconds), t('installation.grace.' + seconds)]),
      value: '86400', hint: t('installation.graceHint'),
    })],
    submit: t('installation.rotate'), cancel: () => dialog.close(),
    save: ({ grace }, { once }) => change('POST', path([...base, key.id, 'rotate']), { body: { graceSeconds: Number(grace) }, once }),
    saved: async (answer) => { dialog.close(); await show(answer); done(); },
  });
  const dialog = openDialog({ title: t('installation.rotateOf', { name: key.name }), body: made.element });
}

function openChange(key, done) {
  const made = form({
    fields: [field({ name: 'name', label: t('installation.name'), attributes: { maxlength: 100, autocomplete: 'off' } }), networksField()],
    values: { name: key.name, networks: key.networks.join('\n') }, cancel: () => dialog.close(),
    save: ({ name: words, networks }) => change('PUT', path([...base, key.id]), { body: { name: words, networks: lines(networks) } }),
    saved: () => { dialog.close(); toast(t('form.saved')); done(); },
  });
  const dialog = openDialog({ title: t('installation.changeThis'), body: made.element });
}

async function revoke(key, done) {
  const isDone = await confirmEffects({
    title: t('installation.sureRevoke', { name: key.name }), effects: [t('installation.revokeEffect1'), t('installation.revokeEffect2')],
    act: t('installation.revoke'), run: () => change('DELETE', path([...base, key.id])),
  });
  if (isDone) done();
}
