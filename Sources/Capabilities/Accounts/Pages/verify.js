// The link that verifies an address. Opening it does nothing yet: mail programs open links, too.

import { change } from '/pages/look/api.js';
import { button, el, put } from '/pages/look/base/dom.js';
import { blank, t } from '/pages/look/parts.js';
import { sayer } from '/pages/look/shell/door.js';
import { enterDoor } from '/pages/look/shell.js';
import { takeToken } from './link.js';

enterDoor('verify.title', (page) => {
  const token = takeToken();
  if (!token) return put(page, blank({ picture: 'mail', level: 1, title: t('link.none'), text: t('link.noneText') }));
  const { element, say } = sayer(null);
  const go = button(t('verify.go'), {
    kind: 'primary block tall', 'data-act': 'verify', act: async () => {
      go.disabled = true;
      try {
        await change('POST', '/api/v1/verifications', { body: { token }, plain: true });
        put(page, blank({
          picture: 'ok', level: 1, title: t('verify.done'), text: t('verify.doneText'),
          acts: [el('a', { class: 'button primary', href: '/' }, t('link.on'))],
        }));
      } catch (problem) {
        say(problem.words);
        go.disabled = false;
      }
    },
  });
  put(page, el('div', {}, el('h1', {}, t('verify.title')), el('p', {}, t('verify.lead'))), element, go);
  return go.focus();
});
