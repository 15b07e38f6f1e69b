// How a person wants to be told: kinds by channels, and how often by mail.

import { ask, change } from '/pages/look/api.js';
import { button, el, field, t, toast } from '/pages/look/parts.js';
import { kindName } from './sentences.js';

const target = '/api/v1/me/preferences/notifications';
const pauses = [0, 15, 60, 1_440];

/** The form, filled. */
export async function wishes() {
  const now = await ask(target);
  const ticks = now.kinds.map((wish) => ({ wish, isShown: tick(wish, 'isShown'), isMailed: tick(wish, 'isMailed') }));
  const pause = field({
    name: 'pause', kind: 'select', label: t('notifications.pause'), hint: t('notifications.pauseHint'), value: String(now.mailPauseMinutes),
    options: pauses.map((minutes) => [String(minutes), t('notifications.pause.' + minutes)]),
  });
  const from = field({
    name: 'waitingFrom', kind: 'number', label: t('notifications.waitingFrom'), hint: t('notifications.waitingFromHint'),
    value: String(now.waitingFrom ?? 1),
  });
  const save = button(t('act.save'), { kind: 'primary', type: 'submit' });
  const form = el('form', { class: 'form wishes' },
    el('div', { class: 'table-wrap' }, el('table', { class: 'table' },
      el('caption', { class: 'sr' }, t('notifications.wishes')),
      el('thead', {}, el('tr', {}, el('th', { scope: 'col' }, t('notifications.about')),
        el('th', { scope: 'col', class: 'tick' }, t('notifications.inPages')), el('th', { scope: 'col', class: 'tick' }, t('notifications.byMail')))),
      el('tbody', {}, ticks.map(({ wish, isShown, isMailed }) => el('tr', {},
        el('th', { scope: 'row' }, kindName(wish.kind), wish.isFixed ? el('span', { class: 'sub' }, t('notifications.always')) : null),
        el('td', { class: 'tick' }, isShown), el('td', { class: 'tick' }, isMailed)))))),
    pause.element, from.element, el('div', { class: 'row' }, save));
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    save.setAttribute('aria-busy', 'true');
    try {
      await change('PUT', target, {
        body: {
          kinds: ticks.map(({ wish, isShown, isMailed }) => ({ kind: wish.kind, isShown: isShown.checked, isMailed: isMailed.checked })),
          mailPauseMinutes: Number(pause.read()),
          waitingFrom: Math.min(100, Math.max(1, Math.round(Number(from.read())) || 1)),
        },
      });
      toast(t('form.saved'));
    } catch (problem) {
      toast(problem.words, { bad: true });
    } finally {
      save.removeAttribute('aria-busy');
    }
  });
  return form;

  function tick(wish, which) {
    return el('input', {
      type: 'checkbox', checked: wish[which], disabled: wish.isFixed, name: `${wish.kind}-${which}`,
      'aria-label': `${kindName(wish.kind)}: ${t(which === 'isShown' ? 'notifications.inPages' : 'notifications.byMail')}`,
    });
  }
}
