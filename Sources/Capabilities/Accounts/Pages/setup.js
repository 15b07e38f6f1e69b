// The first start: the one-time link makes the owner of the installation.

import { change } from '/pages/look/api.js';
import { button, el, heard, put } from '/pages/look/base/dom.js';
import { arrive, who as signedIn } from '/pages/look/base/session.js';
import { language } from '/pages/look/base/words.js';
import { blank, bones, field, form, notice, rich, t } from '/pages/look/parts.js';
import { sayer } from '/pages/look/shell/door.js';
import { openRooms } from '/pages/look/shell/rooms.js';
import { enterDoor } from '/pages/look/shell.js';
import { takeToken } from './link.js';
import { newPassword } from './password.js';
import { offerFactor, showCodes } from './second-factor.js';

const steps = ['who', 'password', 'factor', 'try'];
const tries = ['business', 'document', 'question', 'team', 'settings'];
/** How each is done: by a command, or in a room, where there is one. */
const ways = {
  business: { command: 'parley tenant add' }, document: { command: 'parley knowledge add' },
  question: { command: 'parley knowledge search' }, team: { room: 'team' }, settings: { room: 'installation' },
};

enterDoor('setup.title', async (page) => {
  const token = takeToken();
  const person = { name: '', email: '' };
  put(page, bones());
  try {
    if (!token) throw Object.assign(new Error(), { code: 'no_link' });
    await change('POST', '/api/v1/setup/link', { body: { token }, plain: true });
  } catch (problem) {
    return put(page, el('div', { class: 'work setup-closed' }, closed(problem)));
  }
  return who();

  function step(name, title, lead, ...content) {
    const at = steps.indexOf(name);
    const work = el('div', { class: 'work' }, el('div', {}, el('h1', { tabindex: '-1' }, title), el('p', { class: 'soft' }, lead)), content);
    put(page, el('div', { class: 'setup' },
      el('nav', { class: 'steps', 'aria-label': t('setup.steps') }, el('ol', { tabindex: '0' }, steps.map((each, index) => el('li', {
        class: index < at ? 'done' : null, 'aria-current': index === at ? 'step' : null,
      }, t('setup.step.' + each), index < at ? heard(', ' + t('rule.met')) : null))), el('p', { class: 'meta' }, t('setup.once'))),
      work));
    return work;
  }

  function who() {
    const name = field({ name: 'name', label: t('setup.name'), hint: t('setup.nameHint'), attributes: { autocomplete: 'name', maxlength: '100' } });
    const email = field({ name: 'email', label: t('door.email'), kind: 'email', hint: t('setup.emailHint'), attributes: { autocomplete: 'username' } });
    const made = form({
      fields: [name, email], values: person, submit: t('setup.next'), isDraft: false,
      save: async (values) => Object.assign(person, { name: values.name.trim(), email: values.email.trim() }),
      saved: password,
    });
    step('who', t('setup.title'), t('setup.lead'), made.element);
    name.input.focus();
  }

  function password() {
    const chosen = newPassword({ about: () => person });
    const { element: said, say } = sayer(null);
    const made = form({
      fields: [chosen], submit: t('setup.make'), cancel: null,
      save: async (values) => {
        say(null);
        const body = { token, language: language(), ...person, password: values.password };
        try {
          return await change('POST', '/api/v1/setup', { body, plain: true });
        } catch (problem) {
          // What is wrong with the step before is mended there.
          if (problem.errors?.some(({ pointer }) => ['/name', '/email'].includes(pointer))) who();
          throw problem;
        }
      },
      saved: async () => {
        await arrive();
        factor();
      },
      isDraft: false, acts: [button(t('setup.back'), { kind: 'quiet', act: who })],
    });
    // A password manager keeps the address with the password.
    made.element.prepend(el('input', { type: 'email', autocomplete: 'username', value: person.email, hidden: true, readonly: true, tabindex: '-1', 'aria-hidden': 'true' }));
    step('password', t('setup.passwordTitle'), t('setup.passwordLead'), said, made.element);
    chosen.input.focus();
  }

  async function factor() {
    const place = el('div', {});
    step('factor', t('factor.protect'), t('factor.scan'), place);
    try {
      await offerFactor(place, {
        // Where the installation asks for one, there is nothing to do without it.
        later: signedIn().own?.needsFactor ? null : finish,
        done: (codes) => {
          const work = step('factor', t('codes.almost'), t('codes.keep'));
          const shown = el('div', {});
          work.append(shown);
          showCodes(shown, codes, { prove: true, done: finish });
        },
      });
    } catch (problem) {
      put(place, notice('bad', t('factor.failed'), problem.words), button(t('setup.next'), { act: finish }));
    }
  }

  function finish() {
    step('try', t('setup.doneTitle', { name: person.name }), t('setup.doneLead'),
      el('ol', { class: 'tries' }, tries.map((each) => el('li', {}, way(each), el('p', {}, t(`try.${each}Text`))))),
      el('div', { class: 'row' }, el('a', { class: 'button primary', href: '/', 'data-act': 'home' }, t('setup.home'))));
    page.querySelector('h1').focus();
  }

  function way(each) {
    const room = openRooms().find((known) => known.room === ways[each].room);
    return room ? el('a', { href: room.href }, t('try.' + each))
      : el('p', { class: 'row' }, el('strong', {}, t('try.' + each)), ways[each].command ? el('code', {}, ways[each].command) : null);
  }

  function closed(problem) {
    const code = ['set_up', 'no_link', 'bad_token'].includes(problem.code) ? problem.code : null;
    return blank({
      picture: 'lock', level: 1, title: t('setup.closed.' + (code ?? 'other')),
      text: code ? rich(`setup.closedText.${code}`, { command: el('code', {}, 'parley setup') }) : problem.words,
      acts: [el('a', { class: 'button', href: '/' }, t('door.in'))],
    });
  }
}, 'wide');
