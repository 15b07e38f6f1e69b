// Who owns the organisation, an ownership that is offered, and whether operators are let in.

import { ask, change, path } from '/pages/look/api.js';
import { may, who } from '/pages/look/base/session.js';
import { listen, overlaps } from '/pages/look/listen.js';
import { button, card, confirmEffects, el, exactTime, field, form, name, openDialog, pairs, put, rich, t, toast } from '/pages/look/parts.js';

/** Days that operators may be let in for. */
const days = [1, 3, 7, 30];

/** The tab. */
export async function ownershipTab(tenant, place) {
  const [now, owners] = await Promise.all([
    ask(path(['tenants', tenant, 'organisation'])),
    may('members:read') ? ask(path(['tenants', tenant, 'members'], { role: 'owner' })) : { members: [] },
  ]);
  const again = async () => put(place, await ownershipTab(tenant, place));
  return [await owning(tenant, now, owners.members, again), consent(tenant, now, again)];
}

async function owning(tenant, now, owners, again) {
  const offer = now.offer && now.offer.until > Date.now() ? now.offer : null;
  const to = offer && may('members:read') ? await ask(path(['tenants', tenant, 'members', offer.to])).catch(() => null) : null;
  const isMine = offer?.to === who().id;
  const body = [
    el('p', { class: 'soft' }, t(owners.length === 1 ? 'organisation.oneOwner' : 'organisation.owners', { count: owners.length })),
    pairs(owners.map((owner) => [name(owner.name || owner.email), name(owner.email)])),
  ];
  if (offer) {
    body.push(el('p', {}, rich(isMine ? 'organisation.offerToYou' : 'organisation.offerTo', {
      name: name(to?.name ?? offer.to), when: exactTime(offer.until),
    })), el('div', { class: 'row' },
      isMine ? button(t('organisation.offerTake'), { kind: 'primary', act: () => take(), id: 'ownership-take' }) : null,
      isMine ? button(t('organisation.offerDecline'), { act: () => end('me'), id: 'ownership-decline' })
        : may('ownership:transfer') ? button(t('organisation.offerEnd'), { act: () => end(), id: 'ownership-end' }) : null));
  } else if (may('ownership:transfer') && may('members:read')) {
    body.push(el('div', { class: 'row' }, button(t('organisation.offerGive'), { act: () => give(), id: 'ownership-offer' })));
  }
  return card({ title: t('organisation.ownership'), body });

  async function take() {
    const isDone = await confirmEffects({
      title: t('organisation.takeTitle'), act: t('organisation.offerTake'), effects: [t('organisation.takeText')],
      run: () => change('POST', path(['me', 'teams', tenant, 'ownership'])),
    });
    if (isDone) {
      toast(t('organisation.taken'));
      again();
    }
  }

  async function end(mine) {
    try {
      await change('DELETE', mine ? path(['me', 'teams', tenant, 'ownership']) : path(['tenants', tenant, 'ownership', 'offer']));
      toast(t('organisation.offerEnded'));
      again();
    } catch (problem) {
      toast(problem.words, { bad: true });
    }
  }

  /** Lets an owner choose among those who could be one. */
  async function give() {
    const { members } = await ask(path(['tenants', tenant, 'members'], { limit: 200 }));
    const others = members.filter(({ account, role, isAway }) => account !== who().id && role !== 'owner' && !isAway);
    const made = form({
      fields: [field({
        name: 'account', kind: 'select', label: t('organisation.newOwner'),
        options: others.map((member) => [member.account, `${member.name} · ${member.email}`]),
      })],
      submit: t('organisation.offerGive'), cancel: () => dialog.close(),
      save: (values) => change('POST', path(['tenants', tenant, 'ownership', 'offer']), { body: values }),
      saved: () => {
        dialog.close();
        toast(t('organisation.offered'));
        again();
      },
    });
    const dialog = openDialog({
      title: t('organisation.offerGive'),
      body: others.length ? [el('p', { class: 'soft' }, t('organisation.offerText')), made.element] : el('p', {}, t('organisation.nobodyElse')),
    });
    dialog.id = 'offer-dialog';
  }
}

function consent(tenant, now, again) {
  const isOn = now.consentUntil && now.consentUntil > Date.now();
  const target = path(['tenants', tenant, 'consent']);
  const mayGive = may('consent:write');
  const made = form({
    fields: [field({
      name: 'days', kind: 'select', label: t('organisation.consentFor'), value: '1', options: days.map((count) => [String(count), t('organisation.days', { count })]),
    })],
    submit: t('organisation.consentGive'),
    save: (values) => change('PUT', target, { body: { until: Date.now() + Number(values.days) * 86_400_000 - 60_000 } }),
    saved: () => {
      toast(t('organisation.consentGiven'));
      again();
    },
  });
  made.element.id = 'consent-form';
  return card({
    title: t('organisation.consent'),
    body: [
      el('p', { class: 'soft' }, t('organisation.consentText')),
      isOn ? el('p', {}, t('organisation.consentUntil', { when: exactTime(now.consentUntil) })) : el('p', {}, t('organisation.consentOff')),
      isOn ? actingNow(tenant) : null,
      !mayGive ? null : isOn ? el('div', { class: 'row' }, button(t('organisation.consentEnd'), {
        id: 'consent-end', act: async () => {
          try {
            await change('DELETE', target);
            toast(t('organisation.consentEnded'));
            again();
          } catch (problem) {
            toast(problem.words, { bad: true });
          }
        },
      })) : made.element,
    ],
  });
}

/** Operators who act as people of the team at this moment, as it changes. */
function actingNow(tenant) {
  const place = el('div', { class: 'stack tight', id: 'acting-now', role: 'status' });
  const target = (...more) => path(['tenants', tenant, 'impersonations', ...more]);
  const end = async (each) => {
    try {
      await change('DELETE', target(each.id));
      toast(t('organisation.actingEnded', { name: each.operatorName }));
      show();
    } catch (problem) {
      toast(problem.words, { bad: true });
    }
  };
  const begin = overlaps();
  const show = async () => {
    if (place.parentNode && !place.isConnected) return stop();
    const isLast = begin();
    const { impersonations } = await ask(target()).catch(() => ({ impersonations: [] }));
    if (!isLast()) return undefined;
    put(place, impersonations.map((each) => el('div', { class: 'row no-wrap top' },
      el('div', { class: 'grow' }, el('p', {}, rich('organisation.actingNow', { operator: name(each.operatorName), name: name(each.name), when: exactTime(each.expires) })),
        el('p', { class: 'soft' }, name(each.reason))),
      may('consent:write') ? button(t('organisation.actingEnd'), { kind: 'small', act: () => end(each), 'data-act': 'end-acting' }) : null)));
    return undefined;
  };
  const stop = listen('team', { tenant, changed: show });
  show();
  return place;
}
