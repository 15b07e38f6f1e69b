// The link of an invitation: whoever has an account signs in and joins, whoever has none makes one.

import { change, path } from '/pages/look/api.js';
import { arrive, enterOrganisation, isHere, signOut, who } from '/pages/look/base/session.js';
import { knows, language } from '/pages/look/base/words.js';
import { blank, button, el, field, form, name, put, rich, t } from '/pages/look/parts.js';
import { sayer } from '/pages/look/shell/door.js';
import { enterDoor } from '/pages/look/shell.js';
import { takeToken } from './link.js';
import { newPassword } from './password.js';

/** Where the token is kept while somebody signs in at another page; in this tab only. */
const kept = 'parley.invitation';

enterDoor('join.title', async (page) => {
  const token = takeToken() || sessionStorage.getItem(kept);
  if (!token) return put(page, nothing('link.none', 'link.noneText'));
  sessionStorage.setItem(kept, token);
  const look = async () => {
    let invited;
    try {
      invited = await change('POST', path(['invitations', 'look']), { body: { token }, plain: true });
    } catch (problem) {
      forget();
      return put(page, problem.code === 'bad_token' ? nothing('join.void', 'join.voidText') : nothing('join.broken', problem.words));
    }
    if (invited.isExpired) {
      forget();
      return put(page, nothing('join.old', 'join.oldText'));
    }
    await arrive().catch(() => false);
    return put(page, head(invited), ...choices(invited, token, look, page));
  };
  return look();
});

function forget() {
  sessionStorage.removeItem(kept);
}

function nothing(title, text) {
  return blank({ picture: 'mail', level: 1, title: t(title), text: knows(text) ? t(text) : text });
}

/** Who invites, into what, and as what. */
function head(invited) {
  const role = invited.roleName ?? t('join.role.' + invited.role);
  return el('div', {},
    invited.logo ? el('img', { class: 'join-logo', src: invited.logo, alt: '', width: 64, height: 64 }) : null,
    el('h1', {}, rich('join.into', { organisation: name(invited.organisation) })),
    el('p', {}, rich('join.by', { by: name(invited.by), role, email: name(invited.email) })));
}

function choices(invited, token, look, page) {
  const { element, say } = sayer(null);
  if (isHere() && who().kind === 'person') return [element, ...joining(invited, token, say, look, page)];
  if (invited.hasAccount) return [element, ...entering(invited, say, look)];
  return [element, ...making(invited, token, say, look)];
}

/** Somebody is signed in. */
function joining(invited, token, say, look, page) {
  const run = async (act, done) => {
    for (const each of [go, no]) each.disabled = true;
    try {
      const answer = await change('POST', path(['me', 'invitations', act]), { body: { token } });
      forget();
      done(answer);
    } catch (problem) {
      say(problem.code === 'other_address' ? t('join.other', { email: invited.email, mine: who().own?.email ?? '' })
        : problem.code === 'member' ? t('join.member') : problem.words);
      for (const each of [go, no]) each.disabled = false;
    }
  };
  const go = button(t('join.go'), {
    kind: 'primary block tall', 'data-act': 'join', act: () => run('accept', (joined) => {
      enterOrganisation({ id: joined.tenant, name: joined.organisation });
      location.replace('/');
    }),
  });
  const no = button(t('join.no'), {
    kind: 'quiet block', 'data-act': 'decline',
    act: () => run('decline', () => put(page, nothing('join.declined', 'join.declinedText'))),
  });
  return [
    el('p', { class: 'soft' }, rich('join.as', { name: name(who().name), email: name(who().own?.email ?? '') })), go, no,
    button(t('join.switch'), {
      kind: 'quiet small', 'data-act': 'switch-account', act: async () => {
        await signOut('door.out');
        look();
      },
    }),
  ];
}

/** The address has an account: it signs in first. */
function entering(invited, say, look) {
  const made = form({
    submit: t('join.signIn'),
    fields: [
      field({ name: 'email', kind: 'email', label: t('door.email'), attributes: { class: 'input tall', autocomplete: 'username' } }),
      field({ name: 'password', kind: 'password', label: t('door.password'), attributes: { class: 'input tall', autocomplete: 'current-password' } }),
      field({ name: 'code', label: t('door.code'), hint: t('door.codeHint'), optional: true, attributes: { class: 'input tall', autocomplete: 'one-time-code', autocapitalize: 'off', spellcheck: 'false' } }),
    ],
    save: ({ email, password, code }) => change('POST', '/api/v1/session', {
      body: { email: email.trim(), password, ...(code.trim() ? { code: code.trim() } : {}) }, plain: true,
    }),
    saved: look,
  });
  say(null);
  return [el('p', { class: 'soft' }, t('join.hasAccount')), made.element, el('a', { href: '/pages/reset/' }, t('door.forgot'))];
}

/** The address has no account: a name and a password make one, and it joins at once. */
function making(invited, token, say, look) {
  const title = field({ name: 'name', label: t('join.name'), attributes: { class: 'input tall', autocomplete: 'name', maxlength: 100 } });
  const password = newPassword({ about: () => ({ name: title.read() }) });
  const made = form({
    submit: t('join.make'), fields: [title, password],
    save: async (values) => {
      const account = await change('POST', path(['invitations', 'account']), {
        body: { token, name: values.name, password: values.password, language: language() }, plain: true,
      });
      await change('POST', '/api/v1/session', { body: { email: account.email, password: values.password }, plain: true });
      await arrive();
      return change('POST', path(['me', 'invitations', 'accept']), { body: { token }, plain: true });
    },
    saved: (joined) => {
      forget();
      enterOrganisation({ id: joined.tenant, name: joined.organisation });
      location.replace('/');
    },
  });
  say(null);
  return [el('p', { class: 'soft' }, t('join.noAccount')), made.element];
}
