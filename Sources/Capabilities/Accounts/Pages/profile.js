// The own profile: name and language, address, password.

import { change } from '/pages/look/api.js';
import { button, el, put } from '/pages/look/base/dom.js';
import { languages } from '/pages/look/base/languages.js';
import { arrive, who } from '/pages/look/base/session.js';
import { language, speak } from '/pages/look/base/words.js';
import { badge, card, field, form, notice, t, toast } from '/pages/look/parts.js';
import { enter, pageHead } from '/pages/look/shell.js';
import { newPassword } from './password.js';

/** A link is not sent again within this time, in seconds. */
const pauseOfLinks = 60;

enter('profile', (page) => {
  const address = el('div', { class: 'stack' });
  const again = async () => {
    await arrive();
    showAddress(address, again);
  };
  put(page, pageHead({ title: t('room.profile'), lead: t('profile.lead') }),
    el('div', { class: 'stack own-forms' },
      card({ title: t('profile.you'), body: [profile()] }),
      card({ title: t('profile.address'), body: [address] }),
      card({ title: t('door.password'), body: [password()] })));
  showAddress(address, again);
});

function profile() {
  const { name, own } = who();
  const fields = [
    field({ name: 'name', label: t('setup.name'), hint: t('setup.nameHint'), attributes: { autocomplete: 'name', maxlength: '100' } }),
    field({
      name: 'language', label: t('language.head'), kind: 'select', hint: t('profile.languageHint'),
      options: Object.entries(languages).map(([code, each]) => [code, each.name]),
    }),
  ];
  return form({
    fields, values: { name, language: own.language ?? language() },
    save: (values) => change('PUT', '/api/v1/me/profile', { body: { ...values, name: values.name.trim() } }).then(() => values),
    saved: async (values) => {
      await arrive();
      toast(t('form.saved'));
      if (values.language !== language()) speak(values.language);
    },
  }).element;
}

function showAddress(place, again) {
  const { own } = who();
  const email = field({ name: 'email', label: t('profile.newAddress'), kind: 'email', id: 'new-email', attributes: { autocomplete: 'email' } });
  const changing = form({
    fields: [email], isDraft: false, submit: t('profile.changeAddress'),
    save: ({ email: typed }) => change('PUT', '/api/v1/me/address', { body: { email: typed.trim() } }),
    saved: again,
  });
  put(place, el('p', { class: 'row' }, el('bdi', { 'data-email': own.email }, own.email),
    own.isVerified ? badge('ok', t('profile.verified')) : badge('warn', t('profile.unverified'))),
  own.isVerified ? null : resend(),
  own.newEmail
    ? notice('', t('profile.waits', { email: own.newEmail }), t(own.waitsForOld ? 'profile.waitsBoth' : 'profile.waitsNew'),
      button(t('profile.keep'), {
        kind: 'small', 'data-act': 'keep-address', act: async () => {
          try {
            await change('DELETE', '/api/v1/me/address');
          } catch (problem) {
            toast(problem.words, { bad: true });
          }
          again();
        },
      }))
    : changing.element);
}

/** A button that sends the link again, and counts down until it may. */
function resend() {
  const send = button(t('profile.resend'), {
    kind: 'small', picture: 'mail', 'data-act': 'resend', act: async () => {
      send.disabled = true;
      try {
        await change('POST', '/api/v1/me/verification');
        toast(t('profile.resent'));
      } catch (problem) {
        toast(problem.words, { bad: true });
        if (problem.code !== 'too_soon') {
          send.disabled = false;
          return;
        }
      }
      countDown(send);
    },
  });
  return el('div', { class: 'row' }, el('p', { class: 'soft grow' }, t('profile.unverifiedText')), send);
}

function countDown(send) {
  const end = Date.now() + pauseOfLinks * 1_000;
  const round = () => {
    const left = Math.ceil((end - Date.now()) / 1_000);
    send.disabled = left > 0;
    send.lastChild.textContent = left > 0 ? t('profile.resendIn', { count: left }) : t('profile.resend');
    if (left > 0 && send.isConnected) setTimeout(round, 1_000);
  };
  round();
}

function password() {
  const chosen = newPassword({ trial: '/api/v1/me/password/trial' });
  const made = form({
    fields: [chosen], isDraft: false, submit: t('profile.changePassword'),
    save: (values) => change('PUT', '/api/v1/me/password', { body: values }),
    saved: () => {
      made.load({ values: { password: '' } });
      toast(t('profile.passwordChanged'));
    },
  });
  made.element.prepend(el('input', { type: 'email', autocomplete: 'username', value: who().own.email, hidden: true, readonly: true, tabindex: '-1', 'aria-hidden': 'true' }));
  return made.element;
}
