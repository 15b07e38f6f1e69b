// Taking everything out, and the end.

import { ask, change, path, save } from '/pages/look/api.js';
import { enterOrganisation, may } from '/pages/look/base/session.js';
import { button, card, confirmEffects, el, exactTime, put, t, toast } from '/pages/look/parts.js';

/** The tab. */
export async function dataTab(tenant, place) {
  const now = await ask(path(['tenants', tenant, 'organisation']));
  return [exporting(tenant), deletion(tenant, now, place)];
}

function exporting(tenant) {
  const go = button(t('organisation.exportDo'), {
    picture: 'download', id: 'export-all', disabled: !may('tenant:export'),
    act: async () => {
      go.setAttribute('aria-busy', 'true');
      try {
        await save(path(['tenants', tenant, 'exports', 'organisation']), `${tenant}.ndjson`);
        toast(t('organisation.exported'));
      } catch (problem) {
        toast(problem.words, { bad: true });
      } finally {
        go.removeAttribute('aria-busy');
      }
    },
  });
  return card({
    title: t('organisation.export'),
    body: [
      el('p', { class: 'soft' }, t('organisation.exportText')),
      may('tenant:export') ? null : el('p', { class: 'meta' }, t('organisation.exportWhy')), el('div', { class: 'row' }, go),
    ],
  });
}

function deletion(tenant, now, place) {
  if (now.standing === 'deleted') {
    return card({ title: t('organisation.deletion'), body: el('p', {}, t('organisation.deletedText', { when: exactTime(now.restorableUntil) })) });
  }
  const mayDelete = may('tenant:delete');
  return card({
    title: t('organisation.deletion'),
    body: [
      el('p', { class: 'soft' }, t('organisation.deletionText')),
      mayDelete ? null : el('p', { class: 'meta' }, t('organisation.deletionWhy')),
      el('div', { class: 'row' }, button(t('organisation.deletionDo'), { kind: 'danger', picture: 'trash', id: 'delete', disabled: !mayDelete, act: remove })),
    ],
  });

  async function remove() {
    const isDone = await confirmEffects({
      title: t('organisation.deletionTitle', { name: now.name }), act: t('organisation.deletionDo'), keep: t('organisation.deletionKeep'), word: tenant,
      effects: [t('organisation.deletionStops'), t('organisation.deletionOut'), t('organisation.deletionDays')],
      run: async () => { await change('DELETE', path(['tenants', tenant, 'organisation'])); },
    });
    if (!isDone) return;
    toast(t('organisation.deletionDone', { name: now.name }));
    put(place, card({ title: t('organisation.deletion'), body: el('p', {}, t('organisation.deletionDone', { name: now.name })) }));
    enterOrganisation(null);
  }
}
