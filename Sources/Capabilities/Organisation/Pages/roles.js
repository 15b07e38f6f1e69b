// What each role may, and the roles that the organisation makes itself.

import { ask, change, path } from '/pages/look/api.js';
import { may } from '/pages/look/base/session.js';
import { badge, button, card, confirmEffects, el, field, form, freshId, heard, icon, menuButton, name, openDialog, put, t, toast } from '/pages/look/parts.js';

/** The table of roles and permissions, with what can be done about the own ones. */
export async function rolesTab(tenant, place) {
  const found = await ask(path(['tenants', tenant, 'roles']));
  const again = async () => put(place, await rolesTab(tenant, place));
  const mayWrite = may('roles:write');
  const add = () => edit(tenant, found, null, again);
  return card({
    title: t('organisation.roles'),
    end: mayWrite ? button(t('organisation.roleAdd'), { kind: 'small', picture: 'plus', act: add, id: 'role-add' }) : null,
    wrap: el('div', { class: 'table-wrap', tabindex: '0', role: 'group', 'aria-label': t('organisation.roles') },
      el('table', { class: 'table matrix' }, el('caption', { class: 'sr' }, t('organisation.roles')),
        el('thead', {}, el('tr', {}, el('th', { scope: 'col' }, t('organisation.may')), found.roles.map((role) => head(role)))),
        el('tbody', {}, found.permissions.map((permission) => el('tr', {},
          el('th', { scope: 'row' }, permissionName(permission.id)),
          found.roles.map((role) => el('td', {}, role.permissions.includes(permission.id) ? yes() : no()))))))),
    foot: t('organisation.rolesFoot'),
  });

  function head(role) {
    const title = role.isBuiltIn ? t('organisation.role.' + role.id) : name(role.name);
    const count = el('span', { class: 'sub' }, t('organisation.has', { count: role.members }));
    if (role.isBuiltIn || !mayWrite) return el('th', { scope: 'col' }, title, count);
    return el('th', { scope: 'col', 'data-role': role.id }, title, ' ', badge('', t('organisation.own')),
      menuButton({
        picture: 'dots', kind: 'quiet small', label: t('table.actsOf', { name: role.name }),
        items: () => [
          { words: t('organisation.roleChange'), picture: 'edit', run: () => edit(tenant, found, role, again) },
          {
            words: t('organisation.roleRemove'), picture: 'trash', danger: true, run: () => remove(role),
            why: role.members ? t('organisation.roleUsed', { count: role.members }) : null,
          },
        ],
      }), count);
  }

  async function remove(role) {
    const isDone = await confirmEffects({
      title: t('organisation.roleRemoveTitle', { name: role.name }), act: t('organisation.roleRemoveDo'),
      effects: [t('organisation.roleRemoveText')],
      run: () => change('DELETE', path(['tenants', tenant, 'roles', role.id])),
    });
    if (!isDone) return;
    toast(t('organisation.roleRemoved', { name: role.name }));
    again();
  }
}

function yes() {
  return [el('span', { class: 'is-accent' }, icon('check')), heard(t('organisation.yes'))];
}

function no() {
  return [el('span', { class: 'meta', 'aria-hidden': 'true' }, '–'), heard(t('organisation.no'))];
}

/** A permission in words. */
export function permissionName(id) {
  return t('may.' + id.replace(':', '.'));
}

/** Boxes to choose permissions by. Gives `{ element, read() }`. */
export function permissionBoxes(permissions, chosen) {
  const boxes = permissions.map(({ id }) => {
    const input = el('input', { type: 'checkbox', id: freshId('may'), value: id, checked: chosen.includes(id) });
    return { input, line: el('label', { class: 'check', for: input.id }, input, el('span', {}, permissionName(id), el('span', { class: 'hint mono' }, id))) };
  });
  const legend = el('legend', {}, t('organisation.may'));
  return {
    element: el('fieldset', { class: 'field organisation-boxes' }, legend, boxes.map(({ line }) => line)),
    read: () => boxes.filter(({ input }) => input.checked).map(({ input }) => input.value),
  };
}

/** An id for a new role, from its name. */
function idOf(words) {
  const plain = words.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase().replace(/[^a-z0-9]+/g, '-').replace(/^-+|-+$/g, '').slice(0, 40);
  return plain || 'role';
}

function edit(tenant, found, role, again) {
  const boxes = permissionBoxes(found.permissions.filter(({ isForSets }) => isForSets), role?.permissions ?? ['conversations:read']);
  const made = form({
    fields: [field({ name: 'name', label: t('organisation.roleName'), attributes: { maxlength: 100, autofocus: true }, value: role?.name })],
    values: { name: role?.name ?? '' }, extra: [boxes.element],
    cancel: () => dialog.close(),
    save: ({ name: words }) => change('PUT', path(['tenants', tenant, 'roles', role?.id ?? freeId(idOf(words), found)]), {
      body: { name: words, permissions: boxes.read() },
    }),
    saved: (answer) => {
      dialog.close();
      toast(t('organisation.roleSaved', { name: answer.name }));
      again();
    },
  });
  const dialog = openDialog({ title: role ? t('organisation.roleOf', { name: role.name }) : t('organisation.roleAdd'), body: made.element });
  dialog.id = 'role-dialog';
}

/** The id, or the first of those with a number behind it that no role has. */
function freeId(id, { roles }) {
  const taken = new Set(['operator', ...roles.map((role) => role.id)]);
  for (let number = 1; ; number += 1) {
    const candidate = number === 1 ? id : `${id.slice(0, 36)}-${number}`;
    if (!taken.has(candidate)) return candidate;
  }
}
