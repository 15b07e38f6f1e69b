// The first steps of a new organisation: ticked off by what is there, and gone once all is done.

import { ask, path } from '/pages/look/api.js';
import { may, organisation, seesAll, who } from '/pages/look/base/session.js';
import { badge, card, el, notice, put, t } from '/pages/look/parts.js';

/**
 * Where each step is taken: a page, or a command where there is no page for it yet, which is named to
 * whoever runs the installation alone.
 */
const places = {
  number: { command: 'parley tenant add' },
  document: { href: '/pages/knowledge/', may: 'documents:write' },
  question: { href: '/pages/simulator/', may: 'simulator:use' },
  team: { href: '/pages/team/', may: 'members:write' },
};

/** How the chosen organisation stands, and its first steps; told anew when another is chosen. */
export function beginning(page) {
  const place = el('div', { id: 'first-steps', class: 'stack' });
  const show = () => {
    const here = organisation();
    put(place, standing(here));
    if (here) firstSteps(here.id).then((made) => put(place, standing(here), made), () => { /* the rest of the page is there */ });
  };
  addEventListener('parley:organisation', () => { if (page.isConnected) show(); });
  show();
  return place;
}

/** What everybody of an organisation should know that does not go on. */
function standing(here) {
  const team = who().tenants.find(({ id }) => id === here?.id);
  return team?.standing === 'suspended' ? notice('bad', t('home.suspended', { name: team.name }), t('home.suspendedText')) : null;
}

/** The card of an organisation's first steps; null where all is done, or nobody here may do them. */
async function firstSteps(tenant) {
  if (!may('settings:read')) return null;
  const { steps } = await ask(path(['tenants', tenant, 'first-steps']));
  const done = steps.filter(({ isDone }) => isDone).length;
  if (done === steps.length) return null;
  return card({
    title: t('home.steps'), end: el('span', { class: 'meta' }, t('home.stepsDone', { done, count: steps.length })),
    body: [
      el('progress', { class: 'meter', value: done, max: steps.length, 'aria-label': t('home.steps') }),
      el('ol', { class: 'first-steps' }, steps.map((step) => el('li', { 'data-step': step.id, 'data-done': String(step.isDone) },
        badge(step.isDone ? 'ok' : '', t(step.isDone ? 'home.stepDone' : 'home.stepOpen'), step.isDone ? 'check' : 'minus'),
        el('span', { class: 'grow' }, el('strong', {}, t('home.step.' + step.id)), el('span', { class: 'sub' }, t('home.stepText.' + step.id))),
        step.isDone ? null : way(places[step.id])))),
    ],
  });
}

function way(place) {
  if (place.href) return may(place.may) ? el('a', { class: 'button small', href: place.href }, t('home.stepGo')) : null;
  if (!seesAll()) return null;
  return el('span', { class: 'meta way' }, t('home.stepTerminal'), ' ', el('code', {}, place.command));
}
