// Who may what, as the API decides by it: permissions, roles, and what operators may in a business.

import { ask, path } from '/pages/look/api.js';
import { badge, card, el, fillIn, heard, icon, t } from '/pages/look/parts.js';
import { permissionName } from './permissions.js';

/** How operators' access is shown. */
const accesses = { free: ['ok', 'check'], audited: ['accent', 'eye'], withConsent: ['warn', 'lock'], never: ['', 'minus'] };

/** The tab. */
export function matrixTab() {
  const place = el('div', { class: 'stack' });
  fillIn(place, async () => {
    const { roles, rows } = await ask(path(['permissions']));
    return [
      card({ title: t('installation.inBusiness'), wrap: wrapped(t('installation.inBusiness'), tenantTable(roles, rows.filter(({ level }) => level === 'tenant'))) }),
      card({
        title: t('installation.inInstallation'),
        wrap: wrapped(t('installation.inInstallation'), installationTable(rows.filter(({ level }) => level === 'installation'))),
      }),
    ];
  }, { bones: 12 });
  return place;
}

function wrapped(label, content) {
  return el('div', { class: 'table-wrap', tabindex: '0', role: 'group', 'aria-label': label }, content);
}

function head(columns) {
  return el('thead', {}, el('tr', {}, columns.map((words) => el('th', { scope: 'col' }, words))));
}

function rowHead(row) {
  return el('th', { scope: 'row' }, permissionName(row.permission), row.kind === 'danger' ? [' ', badge('warn', t('installation.danger'))] : null,
    el('span', { class: 'sub mono' }, row.permission));
}

function yes(isSo) {
  return el('td', {}, isSo ? [el('span', { class: 'is-ok' }, icon('check')), heard(t('installation.yes'))] : [el('span', { class: 'soft' }, icon('minus')), heard(t('installation.no'))]);
}

function tenantTable(roles, rows) {
  return el('table', { class: 'table matrix' }, el('caption', { class: 'sr' }, t('installation.inBusiness')),
    head([t('installation.permission'), ...roles.map((role) => t('installation.tenantRole.' + role)), t('installation.operators'), t('installation.whileSuspended')]),
    el('tbody', {}, rows.map((row) => el('tr', {}, rowHead(row), roles.map((role) => yes(row.roles.includes(role))),
      el('td', {}, badge(accesses[row.operators][0], t('installation.access.' + row.operators), accesses[row.operators][1])),
      yes(row.isForSuspended)))));
}

function installationTable(rows) {
  return el('table', { class: 'table matrix' }, el('caption', { class: 'sr' }, t('installation.inInstallation')),
    head([t('installation.permission'), t('installation.operators'), t('installation.forRoles')]),
    el('tbody', {}, rows.map((row) => el('tr', {}, rowHead(row), yes(true), yes(row.isForSets)))));
}
