// The link of a mail by which more of its kind are refused. Opening it does nothing yet: programs that
// look for what is evil open links, too.

import { change, path } from '/pages/look/api.js';
import { button, el, put } from '/pages/look/base/dom.js';
import { blank, t } from '/pages/look/parts.js';
import { sayer } from '/pages/look/shell/door.js';
import { enterDoor } from '/pages/look/shell.js';
import { kindName } from './sentences.js';

enterDoor('unsubscribe.title', (page) => {
  const token = decodeURIComponent(location.hash.slice(1));
  if (!token) return put(page, blank({ picture: 'mail', level: 1, title: t('link.none'), text: t('link.noneText') }));
  const { element, say } = sayer(null);
  const go = button(t('unsubscribe.go'), {
    kind: 'primary block tall', 'data-act': 'unsubscribe', act: async () => {
      go.disabled = true;
      try {
        const { kinds } = await change('POST', path(['unsubscriptions', token]), { plain: true });
        put(page, blank({
          picture: 'ok', level: 1, title: t('unsubscribe.done'), text: t('unsubscribe.doneText'),
          acts: [el('a', { class: 'button primary', href: '/pages/notifications/' }, t('unsubscribe.choose'))],
        }), kinds.length ? el('ul', { class: 'soft' }, kinds.map((kind) => el('li', {}, kindName(kind)))) : null);
      } catch (problem) {
        say(problem.words);
        go.disabled = false;
      }
    },
  });
  put(page, el('div', { class: 'stack' },
    el('div', {}, el('h1', {}, t('unsubscribe.title')), el('p', {}, t('unsubscribe.lead'))), element, go));
  return go.focus();
}, '', ['notifications']);
