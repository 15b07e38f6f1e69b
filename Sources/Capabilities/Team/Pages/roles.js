// Choosing a role, with what it means.

import { button, el, field, openDialog, t } from '/pages/look/parts.js';

/** The roles as a list offers them. */
export function roleOptions(roles, { withOwner = true } = {}) {
  return roles.filter(({ id }) => withOwner || id !== 'owner')
    .map((role) => [role.id, role.isBuiltIn ? t('team.role.' + role.id) : role.name, role.isBuiltIn ? t('team.roleHint.' + role.id) : null]);
}

/** Asks for a role; gives it, or null. */
export function roleDialog(title, roles, chosen) {
  return new Promise((resolve) => {
    let role = null;
    const choice = field({ name: 'role', kind: 'radio', label: t('team.role'), options: roleOptions(roles), value: chosen });
    const dialog = openDialog({
      title,
      body: el('form', { class: 'form', onsubmit: (event) => { event.preventDefault(); done(); } }, choice.element),
      foot: [
        button(t('act.cancel'), { act: () => dialog.close() }),
        button(t('team.changeRole'), { kind: 'primary', act: () => done(), 'data-act': 'choose' }),
      ],
      closed: () => resolve(role),
    });
    const done = () => {
      role = choice.read();
      dialog.close();
    };
  });
}
