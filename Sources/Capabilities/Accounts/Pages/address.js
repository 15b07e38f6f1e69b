// The links of a change of address: the new one says yes, the old one yes or no.

import { change } from '/pages/look/api.js';
import { button, el, put } from '/pages/look/base/dom.js';
import { blank, t } from '/pages/look/parts.js';
import { sayer } from '/pages/look/shell/door.js';
import { enterDoor } from '/pages/look/shell.js';
import { takeToken } from './link.js';

enterDoor('address.title', (page) => {
  const token = takeToken();
  if (!token) return put(page, blank({ picture: 'mail', level: 1, title: t('link.none'), text: t('link.noneText') }));
  const { element, say } = sayer(null);
  const on = () => [el('a', { class: 'button primary', href: '/' }, t('link.on'))];
  const act = (path, ended) => async () => {
    for (const each of [yes, no]) each.disabled = true;
    try {
      const answer = await change('POST', path, { body: { token }, plain: true });
      const [title, text] = ended(answer);
      put(page, blank({ picture: 'ok', level: 1, title: t(title), text: t(text), acts: on() }));
    } catch (problem) {
      say(problem.words);
      for (const each of [yes, no]) each.disabled = false;
    }
  };
  const yes = button(t('address.yes'), {
    kind: 'primary block tall', 'data-act': 'yes',
    act: act('/api/v1/addresses/confirmations', (answer) => (answer.isChanged ? ['address.changed', 'address.changedText']
      : answer.waitsForNew ? ['address.half', 'address.waitsForNew'] : ['address.half', 'address.waitsForOld'])),
  });
  const no = button(t('address.no'), {
    kind: 'block tall', 'data-act': 'no', act: act('/api/v1/addresses/refusals', () => ['address.stopped', 'address.stoppedText']),
  });
  put(page, el('div', {}, el('h1', {}, t('address.title')), el('p', {}, t('address.lead'))), element, yes, no);
  return yes.focus();
});
