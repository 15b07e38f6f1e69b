// Who runs the installation.

import { ask, change, path } from '/pages/look/api.js';
import { badge, button, confirmEffects, date, el, field, form, name, openDialog, t, table, toast } from '/pages/look/parts.js';

const base = ['installation', 'operators'];

/** The roles, as a field offers them. */
async function roleOptions() {
  const { roles } = await ask(path(['installation', 'roles']));
  return roles.map(({ id, name: words }) => [id, id === 'operator' ? t('installation.operator') : words]);
}

/** The tab. */
export function peopleTab({ isAppointer }) {
  const list = table({
    label: t('installation.tab.operators'), count: 'installation.people', live: { room: 'installation' }, id: (each) => each.account, name: (each) => each.name || each.address,
    href: (each) => `/pages/users/?user=${encodeURIComponent(each.account)}`,
    empty: { picture: 'shield', level: 2, title: t('installation.noOperator'), text: t('installation.noOperatorText') },
    acts: isAppointer ? button(t('installation.appoint'), { kind: 'primary', picture: 'plus', id: 'appoint', act: () => openAppoint(() => list.load()) }) : null,
    menu: isAppointer ? (each) => [
      { words: t('installation.changeRole'), picture: 'edit', run: () => openRole(each, () => list.load()) },
      { words: t('installation.dismiss'), picture: 'trash', danger: true, run: () => dismiss(each, () => list.load()) },
    ] : undefined,
    columns: [
      { head: t('installation.name'), kind: 'lead', cell: (each) => [name(each.name || each.address), el('span', { class: 'sub' }, name(each.address))] },
      { head: t('installation.role'), cell: (each) => (each.role === 'operator' ? t('installation.operator') : name(each.role)) },
      {
        head: t('installation.factor'),
        cell: (each) => (each.hasFactor ? badge('ok', t('installation.on'), 'lock') : badge('warn', t('installation.off'), 'warn')),
      },
      { head: t('installation.since'), cell: (each) => [date(each.since), each.isAway ? el('span', { class: 'sub is-bad' }, t('installation.away')) : null] },
    ],
    load: async ({ signal }) => {
      const { operators } = await ask(path(base), { signal });
      return { rows: operators, total: operators.length };
    },
  });
  list.load();
  return list.element;
}

async function openAppoint(done) {
  const made = form({
    fields: [
      field({ name: 'address', kind: 'email', label: t('installation.address'), hint: t('installation.addressHint'), attributes: { autocomplete: 'off', autofocus: true } }),
      field({ name: 'role', kind: 'select', label: t('installation.role'), options: await roleOptions() }),
    ],
    submit: t('installation.appoint'), cancel: () => dialog.close(),
    save: ({ address, role }, { once }) => change('POST', path(base), { body: { address: address.trim(), role }, once }),
    saved: () => { dialog.close(); toast(t('installation.appointed')); done(); },
  });
  const dialog = openDialog({ title: t('installation.appoint'), body: [el('p', { class: 'soft' }, t('installation.appointText')), made.element] });
}

async function openRole(each, done) {
  const made = form({
    fields: [field({ name: 'role', kind: 'select', label: t('installation.role'), options: await roleOptions() })],
    values: { role: each.role }, cancel: () => dialog.close(),
    save: ({ role }) => change('PUT', path([...base, each.account]), { body: { role } }),
    saved: () => { dialog.close(); toast(t('form.saved')); done(); },
  });
  const dialog = openDialog({ title: t('installation.changeRole'), body: made.element });
}

async function dismiss(each, done) {
  const isDone = await confirmEffects({
    title: t('installation.sureDismiss', { name: each.name || each.address }),
    effects: [t('installation.dismissEffect1'), t('installation.dismissEffect2')], act: t('installation.dismiss'),
    run: () => change('DELETE', path([...base, each.account])),
  });
  if (isDone) done();
}
