// Acting as somebody of a business: how it begins, the banner that nobody overlooks, and its end.

import { ask, change, path } from '../api.js';
import { button, el, freshId, icon, name, put } from '../base/dom.js';
import { impersonation, stopImpersonation, who } from '../base/session.js';
import { clockTime } from '../base/times.js';
import { rich, t } from '../base/words.js';
import { listen } from '../listen.js';
import { openDialog } from '../parts/dialog.js';
import { field } from '../parts/fields.js';
import { form } from '../parts/form.js';
import { fillIn, notice } from '../parts/states.js';
import { toast } from '../parts/toast.js';

const told = 'parley.impersonation';
/** How often the time that is left is said anew, in milliseconds. */
const pause = 5_000;

/** A browser acts as one person at a time: its other tabs begin anew, as whoever it is now. */
export function otherTabs() {
  addEventListener('storage', (event) => { if (event.key === told) location.reload(); });
}

function tellOthers() {
  try { localStorage.setItem(told, String(Date.now())); } catch { /* then they notice by their next question */ }
}

/** Who acts as whom, for which business, until when; and the way out. */
export function banner() {
  const now = impersonation();
  const left = el('span', { class: 'num' });
  const bar = el('section', { class: 'acting-bar', id: 'acting', 'aria-label': t('acting.label') },
    icon('eye'),
    el('div', { class: 'grow' },
      el('strong', {}, rich('acting.who', { name: name(now.name), business: name(who().tenants[0]?.name || now.tenant) })),
      el('p', {}, rich('acting.until', { when: clockTime(now.expires), left }), ' ', el('span', { class: 'acting-record' }, t('acting.record')))),
    button(t('acting.stop'), { picture: 'undo', act: leave, 'data-act': 'stop-acting' }));
  const say = () => { left.textContent = t('acting.left', { count: Math.max(0, Math.ceil((now.expires - Date.now()) / 60_000)) }); };
  say();
  const clock = setInterval(() => {
    if (!bar.isConnected) return clearInterval(clock);
    say();
    // The console says whether it is over: its clock counts.
    if (Date.now() >= now.expires) ask('/api/v1/me').catch(() => { /* the next time, then */ });
    return undefined;
  }, pause);
  // The line is cut when it ends: also where nobody touches the page.
  setTimeout(() => listen('account', { changed: () => {} }));
  return bar;
}

/** Stops, and goes back to the operator's own rooms. */
export async function leave() {
  try {
    await stopImpersonation();
  } catch {
    return toast(t('problem.unreachable'), { bad: true });
  }
  tellOthers();
  location.href = '/pages/tenants/';
  return undefined;
}

/** What stands where somebody was acted as until now. */
export function over() {
  stopImpersonation().then(tellOthers, () => { /* the cookie is good for nothing any more */ });
  return el('div', { class: 'stack', id: 'acting-over' },
    el('div', {}, el('h1', {}, t('acting.over')), el('p', {}, t('acting.overText'))),
    button(t('acting.own'), { kind: 'primary block tall', act: () => { location.href = '/'; }, 'data-act': 'own-again' }));
}

/** A button that begins it; where the business does not let operators in, it says why it cannot be pressed. */
export function actButton({ tenant, name: business, person, consentUntil }) {
  const isOpen = consentUntil > Date.now();
  const why = freshId('why');
  return el('div', { class: 'stack tight act-as' },
    el('div', {}, button(t(person ? 'acting.begin' : 'acting.asSomebody'), {
      kind: 'small', picture: 'eye', disabled: !isOpen, 'aria-describedby': isOpen ? null : why, 'data-act': 'act-as',
      act: () => actAs({ tenant, business, person }),
    })),
    isOpen ? null : el('p', { class: 'meta', id: why }, t('acting.noConsent')));
}

/** Asks why, and as whom where it is not known yet; then the page goes on as that person. */
function actAs({ tenant, business, person }) {
  const place = el('div', { class: 'stack' });
  const dialog = openDialog({ title: person ? t('acting.as', { name: person.name }) : t('acting.asSomebody'), body: place });
  dialog.id = 'act-as';
  const show = (people) => {
    const reason = field({
      name: 'reason', kind: 'textarea', label: t('acting.reason'), hint: t('acting.reasonHint'), attributes: { maxlength: 500, autofocus: true },
    });
    const made = form({
      fields: person ? [reason] : [field({ name: 'account', kind: 'select', label: t('acting.person'), options: people }), reason],
      submit: t('acting.begin'), cancel: () => dialog.close(), isDraft: false,
      save: (values, { once }) => change('POST', path(['tenants', tenant, 'impersonations']), {
        body: { account: person?.id ?? values.account, reason: values.reason.trim() }, once,
      }),
      saved: () => {
        tellOthers();
        location.href = '/';
      },
    });
    return [
      notice('warn', rich('acting.asText', { business: name(business) }), t('acting.bounds')),
      made.element,
    ];
  };
  if (person) return put(place, show());
  return fillIn(place, async () => {
    const { members } = await ask(path(['tenants', tenant, 'members'], { limit: 200 }));
    const people = members.filter(({ account, isAway }) => account !== who().id && !isAway)
      .map((member) => [member.account, `${member.name || member.email} · ${member.email}`]);
    return people.length ? show(people) : el('p', {}, t('acting.nobody'));
  });
}
