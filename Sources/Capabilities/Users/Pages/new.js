// A new account: its person gets a mail with a link, and chooses the password.

import { ask, change, path } from '/pages/look/api.js';
import { languages } from '/pages/look/base/languages.js';
import { language } from '/pages/look/base/words.js';
import { may } from '/pages/look/base/session.js';
import { el, field, form, openDialog, t, toast } from '/pages/look/parts.js';

/** The languages, as a field offers them. */
export function languageOptions() {
  return [['', t('users.browserLanguage')], ...Object.entries(languages).map(([code, { name }]) => [code, name])];
}

/** The roles of the installation, as a field offers them. */
export async function roleOptions() {
  const { roles } = await ask(path(['installation', 'roles']));
  return [['', t('users.noRole')], ...roles.map(({ id, name }) => [id, id === 'operator' ? t('users.operator') : name])];
}

/** Opens the form; `made(user)` is called with the account. */
export async function openNew({ made }) {
  let roles = null;
  if (may('operators:write')) {
    try { roles = await roleOptions(); } catch { /* an account can be made without a role */ }
  }
  const fields = [
    field({ name: 'name', label: t('users.name'), attributes: { autocomplete: 'off', maxlength: 100, autofocus: true } }),
    field({ name: 'address', kind: 'email', label: t('users.address'), hint: t('users.addressHint'), attributes: { autocomplete: 'off' } }),
    field({ name: 'language', kind: 'select', label: t('users.language'), options: languageOptions(), value: language(), optional: true }),
    roles ? field({ name: 'role', kind: 'select', label: t('users.role'), options: roles, optional: true, hint: t('users.roleHint') }) : null,
  ].filter(Boolean);
  const made_ = form({
    fields, submit: t('users.make'), cancel: () => dialog.close(),
    save: ({ name, address, language: code, role }, { once }) => change('POST', path(['users']), {
      body: { name, address: address.trim(), language: code || undefined, role: role || undefined }, once,
    }),
    saved: (user) => {
      dialog.close();
      toast(t('users.madeWith', { address: user.address }));
      made(user);
    },
  });
  const dialog = openDialog({ title: t('users.new'), body: [el('p', { class: 'soft' }, t('users.newText')), made_.element] });
  dialog.id = 'new-user';
}
