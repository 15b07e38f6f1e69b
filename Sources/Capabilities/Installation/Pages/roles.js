// The roles of those who run the installation: sets of permissions.

import { ask, change, path } from '/pages/look/api.js';
import { badge, button, confirmEffects, el, field, form, name, number, openDialog, series, t, table, toast } from '/pages/look/parts.js';
import { permissionName } from './permissions.js';

const base = ['installation', 'roles'];
/** Permissions that a row names. */
const shown = 4;

/** The tab. */
export function rolesTab({ isAppointer }) {
  const list = table({
    label: t('installation.tab.roles'), count: 'installation.roleCount', live: { room: 'installation' }, id: (role) => role.id, name: (role) => said(role),
    acts: isAppointer ? button(t('installation.newRole'), { kind: 'primary', picture: 'plus', id: 'new-role', act: () => openRole(null, () => list.load()) }) : null,
    menu: isAppointer ? (role) => (role.isBuiltIn
      ? [{ words: t('installation.changeThis'), picture: 'edit', why: t('installation.builtIn') }]
      : [
        { words: t('installation.changeThis'), picture: 'edit', run: () => openRole(role, () => list.load()) },
        { words: t('installation.remove'), picture: 'trash', danger: true, why: role.people ? t('installation.inUse') : undefined, run: () => remove(role, () => list.load()) },
      ]) : undefined,
    columns: [
      { head: t('installation.role'), kind: 'lead', cell: (role) => [name(said(role)), role.isBuiltIn ? el('span', { class: 'sub' }, badge('outline', t('installation.builtIn'))) : null] },
      { head: t('installation.may'), cell: (role) => mayCell(role) },
      { head: t('installation.havers'), kind: 'number', cell: (role) => number(role.people) },
    ],
    load: async ({ signal }) => {
      const { roles } = await ask(path(base), { signal });
      return { rows: roles, total: roles.length };
    },
  });
  list.load();
  return list.element;
}

function said(role) {
  return role.id === 'operator' ? t('installation.operator') : role.name;
}

function mayCell({ permissions }) {
  const names = permissions.slice(0, shown).map(permissionName);
  const rest = permissions.length - names.length;
  return el('span', {}, series(names), rest > 0 ? el('span', { class: 'sub' }, t('installation.more', { count: rest })) : null);
}

async function openRole(role, done) {
  const { rows } = await ask(path(['permissions']));
  const possible = rows.filter(({ operators }) => operators !== 'never');
  const ticks = new Map(possible.map(({ permission }) => [permission, el('input', { type: 'checkbox', value: permission, checked: role?.permissions.includes(permission) })]));
  const group = (level) => el('fieldset', { class: 'installation-ticks' }, el('legend', {}, t('installation.level.' + level)),
    possible.filter((row) => row.level === level).map((row) => el('label', { class: 'check' }, ticks.get(row.permission),
      el('span', {}, permissionName(row.permission), row.kind === 'danger' ? [' ', badge('warn', t('installation.danger'))] : null,
        el('span', { class: 'hint mono' }, row.permission)))));
  const chosen = () => [...ticks].filter(([, input]) => input.checked).map(([permission]) => permission);
  const made = form({
    fields: [field({ name: 'name', label: t('installation.roleName'), attributes: { maxlength: 100, autocomplete: 'off', autofocus: true } })],
    values: { name: role?.name ?? '' }, cancel: () => dialog.close(),
    extra: [group('installation'), group('tenant')],
    save: ({ name: words }, { once }) => change(role ? 'PUT' : 'POST', path(role ? [...base, role.id] : base), {
      body: { name: words, permissions: chosen() }, once: role ? undefined : once,
    }),
    saved: () => { dialog.close(); toast(t('form.saved')); done(); },
  });
  const dialog = openDialog({
    kind: 'drawer', title: t(role ? 'installation.changeThis' : 'installation.newRole'), body: [el('p', { class: 'soft' }, t('installation.roleText')), made.element],
  });
}

async function remove(role, done) {
  const isDone = await confirmEffects({
    title: t('installation.sureRemove', { name: said(role) }), effects: [t('installation.removeEffect')], act: t('installation.remove'),
    run: () => change('DELETE', path([...base, role.id])),
  });
  if (isDone) done();
}
