// API keys: made and shown once, renamed, replaced with a grace period, ended.

import { ask, change, path } from '/pages/look/api.js';
import { may } from '/pages/look/base/session.js';
import {
  ago, badge, button, confirmEffects, el, exactTime, field, form, name, openDialog, showSecret, startOfDay, t, table, toast,
} from '/pages/look/parts.js';
import { permissionBoxes, permissionName } from './roles.js';

/** How long a replaced key may still work, in seconds. */
const graces = [0, 3_600, 86_400, 259_200, 604_800];

/** The list of keys. */
export async function keysTab(tenant) {
  const at = (...parts) => path(['tenants', tenant, 'keys', ...parts]);
  const mayWrite = may('keys:write');
  const list = table({
    label: t('organisation.keys'), count: 'organisation.keyCount', failedTitle: t('organisation.keysBroken'),
    live: { room: 'team', tenant },
    id: (key) => key.id, name: (key) => key.name,
    acts: mayWrite ? [button(t('organisation.keyAdd'), { kind: 'small primary push', picture: 'plus', act: () => add(), id: 'key-add' })] : null,
    empty: {
      picture: 'key', title: t('organisation.noKeys'), text: t('organisation.noKeysText'),
    },
    columns: [
      { head: t('organisation.keyName'), kind: 'lead', cell: (key) => [name(key.name), el('span', { class: 'sub mono' }, `ply_live_${key.id}_…`)] },
      { head: t('organisation.may'), cell: (key) => whatItMay(key.permissions) },
      { head: t('organisation.used'), cell: (key) => (key.usedAt ? ago(key.usedAt) : t('organisation.never')) },
      { head: t('organisation.state'), cell: stateOf },
    ],
    menu: mayWrite ? (key) => (key.isLive ? [
      { words: t('organisation.keyRotate'), picture: 'refresh', run: () => rotate(key), attributes: { 'data-act': 'rotate' } },
      { words: t('organisation.keyChange'), picture: 'edit', run: () => edit(key), attributes: { 'data-act': 'change' } },
      '-',
      { words: t('organisation.keyRevoke'), picture: 'x', danger: true, run: () => revoke(key), attributes: { 'data-act': 'revoke' } },
    ] : [{ head: t('organisation.keyEnded') }]) : null,
    load: async ({ signal }) => {
      const { keys } = await ask(at(), { signal });
      return { rows: keys, next: null, total: keys.length };
    },
  });
  list.load();
  return list.element;

  async function tell(fresh) {
    await showSecret({
      title: t('organisation.keyMade', { name: fresh.key.name }), text: t('organisation.keyMadeText'), secret: fresh.secret,
      label: t('organisation.key'), file: `${tenant}-key.txt`,
    });
    list.load();
  }

  async function add() {
    const { permissions } = await ask(path(['tenants', tenant, 'roles']));
    const boxes = permissionBoxes(permissions.filter(({ isForSets }) => isForSets), []);
    const made = form({
      fields: [
        field({ name: 'name', label: t('organisation.keyName'), hint: t('organisation.keyNameHint'), attributes: { maxlength: 100, autofocus: true } }),
        field({ name: 'expires', kind: 'date', label: t('organisation.expires'), hint: t('organisation.expiresHint'), optional: true }),
        networksField(),
      ],
      extra: [boxes.element], submit: t('organisation.keyAdd'), cancel: () => dialog.close(),
      save: (values, { once }) => change('POST', at(), {
        body: {
          name: values.name, permissions: boxes.read(), networks: networksOf(values.networks),
          ...(values.expires ? { expires: startOfDay(values.expires, 1) } : {}),
        },
        once,
      }),
      saved: (fresh) => {
        dialog.close();
        tell(fresh);
      },
    });
    const dialog = openDialog({ title: t('organisation.keyAdd'), body: made.element });
    dialog.id = 'key-dialog';
  }

  function edit(key) {
    const made = form({
      fields: [field({ name: 'name', label: t('organisation.keyName'), attributes: { maxlength: 100, autofocus: true } }), networksField()],
      values: { name: key.name, networks: key.networks.join('\n') }, cancel: () => dialog.close(),
      save: (values) => change('PUT', at(key.id), { body: { name: values.name, networks: networksOf(values.networks) } }),
      saved: () => {
        dialog.close();
        toast(t('form.saved'));
        list.load();
      },
    });
    const dialog = openDialog({ title: t('organisation.keyOf', { name: key.name }), body: made.element });
  }

  function rotate(key) {
    const made = form({
      fields: [field({
        name: 'grace', kind: 'radio', label: t('organisation.grace'), value: '86400',
        options: graces.map((seconds) => [String(seconds), t('organisation.grace.' + seconds)]),
      })],
      submit: t('organisation.keyRotate'), cancel: () => dialog.close(),
      save: ({ grace }, { once }) => change('POST', at(key.id, 'rotate'), { body: { graceSeconds: Number(grace) }, once }),
      saved: (fresh) => {
        dialog.close();
        tell(fresh);
      },
    });
    const dialog = openDialog({
      title: t('organisation.keyRotateTitle', { name: key.name }), body: [el('p', { class: 'soft' }, t('organisation.keyRotateText')), made.element],
    });
    dialog.id = 'rotate-dialog';
  }

  async function revoke(key) {
    const isDone = await confirmEffects({
      title: t('organisation.keyRevokeTitle', { name: key.name }), act: t('organisation.keyRevoke'), keep: t('organisation.keyKeep'),
      effects: [t('organisation.keyRevokeText')],
      run: () => change('DELETE', at(key.id)),
    });
    if (!isDone) return;
    toast(t('organisation.keyRevoked', { name: key.name }));
    list.load();
  }
}

function networksField() {
  return field({
    name: 'networks', kind: 'textarea', label: t('organisation.keyNetworks'), hint: t('organisation.networksHint'), optional: true,
    attributes: { spellcheck: 'false', dir: 'ltr' },
  });
}

function networksOf(text) {
  return text.split(/[\s,;]+/).filter(Boolean);
}

function whatItMay(permissions) {
  const first = permissionName(permissions[0]);
  return permissions.length === 1 ? first : t('organisation.mayMore', { name: first, count: permissions.length - 1 });
}

function stateOf(key) {
  if (!key.isLive) return badge('', t('organisation.ended'), 'x');
  return key.expires ? [badge('warn', t('organisation.endsAt'), 'clock'), el('span', { class: 'sub' }, exactTime(key.expires))]
    : badge('ok', t('organisation.works'), 'check');
}
