// One organisation in full, and what operators do about it.

import { ask, change, path } from '/pages/look/api.js';
import { enterOrganisation, may } from '/pages/look/base/session.js';
import {
  badge, button, confirmEffects, el, exactTime, field, fillIn, form, icon, name, notice, openDialog, pairs, t, toast,
} from '/pages/look/parts.js';
import { actButton } from '/pages/look/shell/impersonation.js';

/** Opens an organisation; `changed()` is called after each act. */
export function openTenant(id, { changed, closed }) {
  const place = el('div', { class: 'stack' });
  const dialog = openDialog({ title: id, body: place, closed, kind: 'tenant-card' });
  dialog.id = 'tenant';
  const again = () => fillIn(place, async () => shown(await ask(path(['organisations', id])), dialog, () => { again(); changed(); }));
  again();
  return dialog;
}

function shown({ listed, owners, steps }, dialog, again) {
  const { organisation, members, isConnected } = listed;
  dialog.querySelector('.dialog-head h2').textContent = organisation.name || organisation.id;
  return [
    warning(organisation),
    pairs([
      [t('tenants.id'), el('span', { class: 'mono' }, organisation.id)],
      [t('tenants.standing'), t('tenants.standing.' + organisation.standing)],
      [t('tenants.plan'), name(organisation.plan)],
      organisation.createdAt ? [t('tenants.created'), exactTime(organisation.createdAt)] : null,
      [t('tenants.members'), t('tenants.people', { count: members })],
      [t('tenants.owners'), owners.length ? owners.map((owner) => el('div', {}, name(owner.name || owner.email), ' ', name(owner.email, { class: 'sub' }))) : t('tenants.noOwner')],
      [t('tenants.consent'), organisation.consentUntil > Date.now() ? t('tenants.consentUntil', { when: exactTime(organisation.consentUntil) }) : t('tenants.noConsent')],
      [t('tenants.whatsapp'), isConnected ? t('tenants.connected') : t('tenants.unconnected')],
    ]),
    may('members:impersonate') && organisation.standing !== 'purged' ? actButton({
      tenant: organisation.id, name: organisation.name || organisation.id,
      consentUntil: organisation.standing === 'active' ? organisation.consentUntil : null,
    }) : null,
    el('h3', {}, t('tenants.progress')),
    el('ul', { class: 'tenant-steps' }, steps.map((step) => el('li', {},
      step.isDone ? badge('ok', t('tenants.done'), 'check') : badge('', t('tenants.toDo'), 'minus'), ' ', t('tenants.step.' + step.id)))),
    may('tenants:write') && organisation.standing !== 'purged' ? el('div', { class: 'row' },
      organisation.standing === 'active' || organisation.standing === 'suspended' ? button([icon('right', 'small turns'), t('tenants.enter')], {
        kind: 'small', act: () => { enterOrganisation({ id: organisation.id, name: organisation.name }); location.href = '/pages/team/'; },
      }) : null,
      acts(organisation, again).filter((act) => act !== '-').map((act) => button(act.words, {
        kind: act.danger ? 'small danger' : 'small', picture: act.picture, act: act.run, ...act.attributes,
      }))) : null,
  ];
}

function warning(organisation) {
  if (organisation.standing === 'suspended') {
    return notice('warn', t('tenants.suspendedAt', { when: exactTime(organisation.suspendedAt) }), t('tenants.suspendedText', { reason: organisation.reason }));
  }
  if (organisation.standing === 'deleted') {
    return notice('bad', t('tenants.deletedNow'), t('tenants.deletedUntil', { when: exactTime(organisation.restorableUntil) }));
  }
  return organisation.standing === 'purged' ? notice('', t('tenants.purgedNow'), t('tenants.purgedText')) : null;
}

/** What can be done about an organisation, as it stands. */
export function acts(organisation, again) {
  const { id, standing } = organisation;
  const what = organisation.name || id;
  const at = (...parts) => path(['organisations', id, ...parts]);
  const act = (key, picture, run, more = {}) => ({ words: t('tenants.' + key), picture, run, attributes: { 'data-act': key }, ...more });
  const confirmed = (key, effects, run, more = {}) => async () => {
    const isDone = await confirmEffects({
      title: t(`tenants.${key}Title`, { name: what }), act: t('tenants.' + key), effects: effects.map((each) => t('tenants.' + each)), run, ...more,
    });
    if (!isDone) return;
    toast(t(`tenants.${key}Done`, { name: what }));
    again();
  };
  const changePlan = act('changePlan', 'receipt', () => planDialog(organisation, again));
  const owner = act('appoint', 'person', () => ownerDialog(organisation, again));
  const remove = act('delete', 'trash', confirmed('delete', ['deleteStops', 'deleteDays'], () => change('DELETE', at()), { word: id }), { danger: true });
  switch (standing) {
    case 'active': return [changePlan, owner, act('suspend', 'pause', () => suspendDialog(organisation, again)), '-', remove];
    case 'suspended': return [changePlan, owner, act('resume', 'play', confirmed('resume', ['resumeText'], () => change('POST', at('resume')))), '-', remove];
    case 'deleted': return [
      act('restore', 'undo', confirmed('restore', ['restoreText'], () => change('POST', at('restore')))), '-',
      act('purge', 'dead', confirmed('purge', ['purgeText', 'purgeNever'], () => change('POST', at('purge')), { word: id }), { danger: true }),
    ];
    default: return [];
  }
}

function dialogOf(title, text, made) {
  const dialog = openDialog({ title, body: [text ? el('p', { class: 'soft' }, text) : null, made.element] });
  return dialog;
}

function suspendDialog(organisation, again) {
  const made = form({
    fields: [field({ name: 'reason', kind: 'textarea', label: t('tenants.reason'), hint: t('tenants.reasonHint'), attributes: { maxlength: 500, autofocus: true } })],
    submit: t('tenants.suspend'), cancel: () => dialog.close(),
    save: (values) => change('POST', path(['organisations', organisation.id, 'suspend']), { body: values }),
    saved: () => {
      dialog.close();
      toast(t('tenants.suspendDone', { name: organisation.name }));
      again();
    },
  });
  const dialog = dialogOf(t('tenants.suspendTitle', { name: organisation.name }), t('tenants.suspendText'), made);
  dialog.id = 'suspend-dialog';
}

function planDialog(organisation, again) {
  const made = form({
    fields: [field({ name: 'plan', label: t('tenants.plan'), attributes: { maxlength: 100, autofocus: true } })],
    values: { plan: organisation.plan }, cancel: () => dialog.close(),
    save: (values) => change('PUT', path(['organisations', organisation.id, 'plan']), { body: values }),
    saved: () => {
      dialog.close();
      toast(t('form.saved'));
      again();
    },
  });
  const dialog = dialogOf(t('tenants.changePlan'), null, made);
}

function ownerDialog(organisation, again) {
  const made = form({
    fields: [field({ name: 'email', kind: 'email', label: t('tenants.appointMail'), attributes: { autofocus: true } })],
    submit: t('tenants.appoint'), cancel: () => dialog.close(),
    save: (values) => change('PUT', path(['organisations', organisation.id, 'owner']), { body: { email: values.email.trim() } }),
    saved: () => {
      dialog.close();
      toast(t('tenants.appointDone'));
      again();
    },
  });
  const dialog = dialogOf(t('tenants.appoint'), t('tenants.appointText'), made);
}
