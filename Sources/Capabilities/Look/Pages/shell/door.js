// The door: it lets in whoever has a key that the console takes.

import { ask } from '../api.js';
import { button, el, freshId, icon, put } from '../base/dom.js';
import { keepKey } from '../base/session.js';
import { rich, t } from '../base/words.js';
import { menuButton } from '../parts/menu.js';
import { brand } from './nav.js';
import { languageItems, themeButton } from './topbar.js';

/** Makes the door; `open` is called once somebody is in, `reason` is the key of why they stand here. */
export function door(open, reason) {
  const [hint, wrong] = [freshId('hint'), 'wrong'];
  const input = el('input', {
    class: 'input tall', id: 'key', type: 'password', autocomplete: 'current-password', spellcheck: 'false',
    required: true, 'aria-describedby': `${wrong} ${hint}`, autofocus: true,
  });
  const words = el('p', {}, reason ? t(reason) : null);
  const said = el('div', { class: 'notice', role: 'alert', id: wrong, hidden: !reason }, icon('info'), el('div', { class: 'grow' }, words));
  const go = button(t('door.in'), { kind: 'primary block tall', type: 'submit' });
  const form = el('form', { class: 'form' },
    el('div', { class: 'field' }, el('label', { for: 'key' }, t('door.key')), input,
      el('p', { class: 'hint', id: hint }, rich('door.hint', { file: el('span', { class: 'mono' }, 'console.key') }))),
    go);
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    go.disabled = true;
    input.removeAttribute('aria-invalid');
    keepKey(input.value.trim());
    try {
      await ask('/api/v1/status');
      open();
    } catch (problem) {
      keepKey(null);
      go.disabled = false;
      said.hidden = false;
      said.classList.add('bad');
      put(words, problem.status === 401 ? t('door.wrong') : problem.words);
      input.setAttribute('aria-invalid', 'true');
      input.select();
    }
  });
  const parts = [
    el('header', {}, brand(), el('span', { class: 'push' }),
      menuButton({
        picture: 'globe', kind: 'quiet', label: t('language.head'), items: languageItems, end: true, 'data-act': 'language',
      }), themeButton()),
    el('main', { id: 'main', tabindex: '-1' }, el('div', { class: 'door-card' },
      el('div', {}, el('h1', {}, t('door.title')), el('p', {}, t('door.lead'))), said, form)),
    el('footer', {}, el('span', {}, t('door.foot'))),
  ];
  return { parts, ready: () => input.focus() };
}
