// The settings in parts: each is saved on its own, and not over what somebody else changed.

import { ask, askVersioned, change, path } from '/pages/look/api.js';
import { badge, button, card, el, field, fillIn, form, notice, pairs, put, t } from '/pages/look/parts.js';

/** Ports that go with how a connection is secured. */
const ports = { tls: 465, startTLS: 587, plain: 25 };

/** A tab with a form over a part: `fields(values)` makes it, `write(values)` is what is sent. */
function part(name, { title, text, fields, read, write, more = () => null, isWriter }) {
  const place = el('div', { class: 'cols wide-narrow' });
  const target = path(['installation', name]);
  const load = async () => {
    const { value, version } = await askVersioned(target);
    return { values: read(value), version, value };
  };
  fillIn(place, async () => {
    const now = await load();
    const side = el('div', { class: 'stack' }, more(now.value));
    const made = form({
      fields: fields(now.value), values: now.values, version: now.version, reload: load,
      save: async (values, { version }) => {
        const value = await change('PUT', target, { body: write(values), version });
        put(side, more(value));
        return { ...value, version: `"${value.version}"` };
      },
    });
    if (!isWriter) for (const each of made.element.elements) each.disabled = true;
    return [card({ title, body: [el('p', { class: 'soft' }, text), isWriter ? null : notice('', t('installation.readOnly')), made.element] }), side];
  });
  return place;
}

const lines = (text) => text.split(/[\s,]+/).map((line) => line.trim()).filter(Boolean);

/** Whether anybody may make a business, and which plans there are. */
export function signUpTab({ isWriter }) {
  return part('sign-up', {
    isWriter, title: t('installation.signUp'), text: t('installation.signUpText'),
    fields: () => [
      field({ name: 'isOpen', kind: 'switch', label: t('installation.isOpen') }),
      field({ name: 'plans', kind: 'textarea', label: t('installation.plans'), hint: t('installation.plansHint'), attributes: { rows: 4, spellcheck: 'false' } }),
    ],
    read: ({ isOpen, plans }) => ({ isOpen, plans: plans.join('\n') }),
    write: ({ isOpen, plans }) => ({ isOpen, plans: lines(plans) }),
    more: ({ isOpen }) => card({
      title: t('installation.now'),
      body: [badge(isOpen ? 'ok' : '', t(isOpen ? 'installation.open' : 'installation.closed'), isOpen ? 'check' : 'lock'),
        el('p', { class: 'soft' }, t(isOpen ? 'installation.openText' : 'installation.closedText'))],
    }),
  });
}

/** How mail is sent, with a mail to try it. */
export function mailTab({ isWriter }) {
  return part('mail', {
    isWriter, title: t('installation.mail'), text: t('installation.mailText'),
    fields: ({ hasPassword }) => {
      const port = field({ name: 'port', kind: 'number', label: t('installation.port') });
      const transport = field({
        name: 'transport', kind: 'select', label: t('installation.transport'),
        options: [['tls', t('installation.tls')], ['startTLS', t('installation.startTLS')], ['plain', t('installation.plain')]],
      });
      transport.input.addEventListener('change', () => {
        if (Object.values(ports).includes(port.read())) port.write(ports[transport.read()]);
      });
      return [
        field({ name: 'host', label: t('installation.host'), optional: true, hint: t('installation.hostHint'), attributes: { spellcheck: 'false', autocomplete: 'off' } }),
        [transport, port],
        [
          field({ name: 'user', label: t('installation.user'), optional: true, attributes: { autocomplete: 'off', spellcheck: 'false' } }),
          field({
            name: 'password', kind: 'password', label: t('installation.password'), optional: true,
            hint: t(hasPassword ? 'installation.passwordKept' : 'installation.passwordNone'), attributes: { autocomplete: 'new-password' },
          }),
        ],
        field({ name: 'sender', kind: 'email', label: t('installation.sender'), optional: true, hint: t('installation.senderHint'), attributes: { autocomplete: 'off' } }),
      ];
    },
    read: ({ host, port, transport, user, sender }) => ({ host: host ?? '', port, transport, user: user ?? '', password: '', sender: sender ?? '' }),
    write: ({ host, port, transport, user, password, sender }) => ({
      host: host.trim() || undefined, port: port ?? undefined, transport, user: user.trim() || undefined,
      // What is not typed again stays as it is.
      password: password || undefined, sender: sender.trim() || undefined,
    }),
    more: (mail) => trialCard(mail, isWriter),
  });
}

function trialCard({ host, sender }, isWriter) {
  const said = el('div', { class: 'stack tight', role: 'status' });
  const made = form({
    fields: [field({ name: 'to', kind: 'email', label: t('installation.to'), attributes: { autocomplete: 'email' } })],
    submit: t('installation.try'),
    save: async ({ to }) => {
      put(said, el('p', { class: 'soft' }, t('installation.trying')));
      try {
        const trial = await change('POST', path(['installation', 'mail', 'trials']), { body: { to: to.trim() } });
        put(said, notice(trial.outcome === 'failed' ? 'bad' : trial.outcome === 'kept' ? 'warn' : 'ok', t('installation.trial.' + trial.outcome), trial.detail),
          trial.dialogue.length ? el('pre', { class: 'mono installation-dialogue', tabindex: '0', 'aria-label': t('installation.dialogue') }, trial.dialogue.join('\n')) : null);
      } catch (problem) {
        put(said);
        throw problem;
      }
      return null;
    },
    saved: () => {},
  });
  return card({
    title: t('installation.trial'),
    body: [el('p', { class: 'soft' }, host ? t('installation.trialText', { host, sender: sender ?? '' }) : t('installation.trialKept')),
      isWriter ? made.element : null, said,
      host ? null : el('p', {}, el('a', { href: '/pages/outbox/' }, t('installation.outbox')))],
  });
}

/** What is asked of operators, and whom the installation trusts. */
export function securityTab({ isWriter }) {
  return part('security', {
    isWriter, title: t('installation.security'), text: t('installation.securityText'),
    fields: () => [
      field({ name: 'needsSecondFactor', kind: 'switch', label: t('installation.needsSecondFactor'), hint: t('installation.needsSecondFactorHint') }),
      field({ name: 'baseURL', kind: 'url', label: t('installation.baseURL'), optional: true, hint: t('installation.baseURLHint') }),
      field({
        name: 'trustedProxies', kind: 'textarea', label: t('installation.trustedProxies'), optional: true,
        hint: t('installation.trustedProxiesHint'), attributes: { rows: 3, spellcheck: 'false' },
      }),
    ],
    read: ({ needsSecondFactor, baseURL, trustedProxies }) => ({ needsSecondFactor, baseURL: baseURL ?? '', trustedProxies: trustedProxies.join('\n') }),
    write: ({ needsSecondFactor, baseURL, trustedProxies }) => ({
      needsSecondFactor, baseURL: baseURL.trim() || undefined, trustedProxies: lines(trustedProxies),
    }),
    more: () => connectionCard(),
  });
}

function connectionCard() {
  const place = el('div', { class: 'stack tight' });
  fillIn(place, async () => {
    const seen = await ask(path(['installation', 'connection']));
    return [
      el('p', { class: 'soft' }, t('installation.connectionText')),
      pairs([
        [t('installation.seen'), el('span', { class: 'mono' }, seen.address ?? '–')],
        [t('installation.peer'), el('span', { class: 'mono' }, seen.peer)],
        [t('installation.forwarded'), seen.forwarded.length ? el('span', { class: 'mono' }, seen.forwarded.join(' → ')) : el('span', { class: 'soft' }, t('installation.nothing'))],
      ]),
      seen.forwarded.length && seen.address === seen.peer ? notice('warn', t('installation.untrusted'), t('installation.untrustedText')) : null,
    ];
  }, { bones: 3 });
  return card({ title: t('installation.connection'), body: [place, button(t('act.refresh'), { kind: 'small', picture: 'refresh', act: () => place.parentElement.parentElement.replaceWith(connectionCard()) })] });
}
