// Inviting: one address, or many, one a line.

import { change, path } from '/pages/look/api.js';
import { languages } from '/pages/look/base/languages.js';
import { badge, button, el, field, form, knowsProblem, language, name, openDialog, plainTable, putInDialog, t, toast } from './parts.js';
import { roleOptions } from './roles.js';

/** Opens the dialog; gives whether anybody was invited. */
export function inviteDialog(tenant, roles, organisation) {
  return new Promise((resolve) => {
    let isDone = false;
    const made = form({
      fields: [
        field({ name: 'lines', kind: 'textarea', label: t('team.addresses'), hint: t('team.addressesHint'), pointer: '/email', attributes: { rows: 4, autofocus: true, spellcheck: 'false', autocapitalize: 'off' } }),
        field({ name: 'role', kind: 'radio', label: t('team.role'), options: roleOptions(roles, { withOwner: false }), value: 'agent' }),
        field({ name: 'language', kind: 'select', label: t('team.mailLanguage'), options: Object.entries(languages).map(([code, each]) => [code, each.name]), value: language() }),
      ],
      submit: t('team.inviteDo'),
      cancel: () => dialog.close(),
      save: async ({ lines, role, language: tongue }, { once }) => {
        const list = lines.split('\n').map((line) => line.trim()).filter(Boolean);
        if (list.length === 1) {
          await change('POST', path(['tenants', tenant, 'invitations']), { body: { email: list[0], role, language: tongue }, once });
          return { results: null, email: list[0] };
        }
        return change('POST', path(['tenants', tenant, 'invitations', 'many']), { body: { lines: list, role, language: tongue }, once });
      },
      saved: (answer) => {
        const done = answer.results?.filter((each) => each.isDone).length ?? 1;
        isDone ||= done > 0;
        if (!answer.results || done === answer.results.length) {
          dialog.close();
          toast(answer.results ? t('team.invitedMany', { count: done }) : t('team.invited', { address: answer.email }));
        } else {
          showResults(dialog, answer.results, done);
        }
      },
    });
    const dialog = openDialog({
      title: t('team.inviteTitle', { name: organisation }), body: made.element, closed: () => resolve(isDone),
    });
    dialog.id = 'invite-dialog';
  });
}

/** What became of each line: those that failed can be mended and sent again. */
function showResults(dialog, results, done) {
  putInDialog(dialog,
    el('p', { class: 'soft', role: 'status' }, t('team.results', { done, count: results.length })),
    el('div', { class: 'table-wrap' }, plainTable(t('team.resultsHead'), [t('team.address'), t('team.state')], results.map((each) => [
      name(each.email ?? each.line),
      each.isDone ? badge('ok', t('team.onItsWay'), 'check')
        : el('div', {}, badge('bad', t('team.notSent'), 'x'), el('span', { class: 'sub' }, knowsProblem(each))),
    ]))),
    el('div', { class: 'row' }, button(t('act.done'), { kind: 'primary', act: () => dialog.close(), 'data-act': 'done' })));
}
