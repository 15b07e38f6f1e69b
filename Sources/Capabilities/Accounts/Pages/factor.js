// The own second factor: set up, other backup codes, and doing without.

import { change } from '/pages/look/api.js';
import { button, el, put } from '/pages/look/base/dom.js';
import { arrive, who } from '/pages/look/base/session.js';
import { badge, broken, card, confirmEffects, notice, t, toast } from '/pages/look/parts.js';
import { enter, pageHead } from '/pages/look/shell.js';
import { offerFactor, showCodes } from './second-factor.js';

/** Fewer backup codes than this are few. */
const few = 3;

enter('factor', (page) => {
  const place = el('div', { class: 'stack own-forms' });
  put(page, pageHead({ title: t('room.factor'), lead: t('factor.lead') }), place);
  show(place);
});

async function show(place) {
  await arrive().catch(() => {});
  const { own, tenants } = who();
  const isDue = own.needsFactor || tenants.some((each) => each.needsFactor);
  if (own.hasFactor) return put(place, active(place, own));
  return put(place, isDue ? notice('warn', t('factor.due'), t('factor.dueText')) : null,
    card({
      title: t('factor.none'), body: [el('p', { class: 'soft' }, t('factor.noneText')),
        el('div', { class: 'row' }, button(t('factor.begin'), { kind: 'primary', 'data-act': 'begin', act: () => begin(place) }))],
    }));
}

function active(place, { backupCodes }) {
  return card({
    title: t('factor.active'), end: badge('ok', t('factor.on')),
    body: [
      el('p', { class: 'soft' }, t('factor.activeText')),
      notice(backupCodes < few ? 'warn' : '', t('codes.left', { count: backupCodes }), t('codes.leftText'),
        button(t('codes.renew'), { kind: 'small', 'data-act': 'renew', act: () => renew(place) })),
      el('div', { class: 'row' }, button(t('factor.remove'), { kind: 'danger', 'data-act': 'remove', act: () => remove(place) })),
    ],
  });
}

async function begin(place) {
  const work = el('div', {});
  put(place, card({ title: t('factor.protect'), body: [el('p', { class: 'soft' }, t('factor.scan')), work] }));
  try {
    await offerFactor(work, { done: (codes) => keep(place, codes), later: () => show(place) });
  } catch (problem) {
    if (problem.code === 'unproven') return show(place);
    put(work, broken(problem, { again: () => begin(place) }));
  }
  return undefined;
}

/** Shows codes until they are kept. */
function keep(place, codes) {
  const shown = el('div', {});
  put(place, card({ body: [shown] }));
  showCodes(shown, codes, {
    prove: true, done: () => {
      toast(t('factor.isOn'));
      show(place);
    },
  });
}

async function renew(place) {
  try {
    const { codes } = await change('POST', '/api/v1/me/factor/codes');
    keep(place, codes);
  } catch (problem) {
    if (problem.code !== 'unproven') toast(problem.words, { bad: true });
  }
}

async function remove(place) {
  const isDone = await confirmEffects({
    title: t('factor.removeTitle'), effects: [t('factor.removeText'), t('factor.removeSessions')], act: t('factor.remove'), keep: t('factor.keep'),
    run: () => change('DELETE', '/api/v1/me/factor'),
  });
  if (isDone) toast(t('factor.isOff'));
  show(place);
}
