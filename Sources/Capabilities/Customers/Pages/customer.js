// One customer in a drawer: what is kept, what was said, what they want, who else they are.

import { ask, change, path } from '/pages/look/api.js';
import {
  ago, avatar, badge, blank, button, confirmEffects, date, el, field, fillIn, form, icon, name, notice, openDialog, pairs, put, t, tabs, time, toast,
} from '/pages/look/parts.js';
import { labelChip, nameOf, phoneOf } from './marks.js';
import { keptFields, keptValues, labelChoice, ownFields } from './new.js';
import { outcomeWords } from '/pages/desk/people.js';

/** Opens it; `changed()` is called when something is other than before. */
export function openCustomer(found, { tenant, labels, mayWrite, changed, closed }) {
  const at = (...rest) => path(['tenants', tenant, ...rest]);
  const state = { found, tab: 0 };
  const body = el('div', { class: 'stack' });
  const dialog = openDialog({ kind: 'drawer', title: nameOf(found.customer), body, closed });
  dialog.id = 'customer';

  async function reload(next) {
    try {
      state.found = next ?? await ask(at('customers', state.found.customer.id));
      show();
      changed();
    } catch (problem) {
      toast(problem.words, { bad: true });
    }
  }

  function show() {
    const { found: now } = state;
    const { customer } = now;
    const borne = labels.filter(({ id }) => customer.labels.includes(id));
    put(body,
      el('div', { class: 'row no-wrap' }, avatar({ text: nameOf(customer).replace(/^\+/, ''), kind: 'large' }),
        el('div', { class: 'grow stack tight' }, el('div', {}, name(nameOf(customer))),
          el('div', { class: 'row tight' }, borne.map(labelChip), customer.members > 1 ? badge('outline', t('customers.members', { count: customer.members }), 'link') : null))),
      tabs(t('customers.about', { name: nameOf(customer) }), [
        { words: t('customers.overview'), content: () => overview(now) },
        { words: t('customers.history'), count: now.conversations.length, content: () => history(now) },
        { words: t('customers.identities'), count: customer.members, content: () => identities(now) },
      ], { chosen: state.tab, changed: (index) => { state.tab = index; } }));
  }

  // What is kept

  function overview(now) {
    const { customer } = now;
    return el('div', { class: 'stack' },
      pairs([
        customer.phone ? [t('customers.phone'), el('bdi', { class: 'num' }, phoneOf(customer))] : null,
        customer.hasWritten && (customer.profileName || customer.name) ? [t('customers.profileName'), name(customer.profileName ?? customer.name)] : null,
        customer.username ? [t('customers.username'), name('@' + customer.username)] : null,
        customer.userID ? [t('customers.userID'), el('span', { class: 'mono' }, customer.userID)] : null,
        mayWrite || !customer.email ? null : [t('customers.email'), name(customer.email)],
        mayWrite || !customer.language ? null : [t('customers.language'), customer.language],
        mayWrite || !now.note ? null : [t('customers.note'), name(now.note)],
        ...(mayWrite ? [] : now.fields.map((each) => [name(each.name), name(each.value)])),
      ]),
      consent(now), mayWrite ? edit(now) : null);
  }

  function consent({ customer }) {
    const { consent: said } = customer;
    const words = !said ? t('customers.consent.unknown')
      : t(`customers.consent.${said.isGiven ? 'in' : 'out'}.${said.isOwn ? 'own' : 'written'}`, { when: date(said.at), source: said.source ?? '' });
    const isFinal = said && said.isOwn && !said.isGiven;
    return el('section', { class: 'stack tight', 'data-part': 'consent' }, el('h3', {}, t('customers.consent')),
      el('div', { class: 'row' }, said ? badge(said.isGiven ? 'ok' : 'warn', t(said.isGiven ? 'customers.in' : 'customers.out'), said.isGiven ? 'check' : 'stop') : badge('', t('customers.unknown')),
        el('span', { class: 'soft' }, words)),
      mayWrite && isFinal ? el('p', { class: 'meta' }, t('customers.consent.final')) : null,
      mayWrite && !isFinal ? el('div', { class: 'row' },
        said?.isGiven ? null : button(t('customers.consent.give'), { kind: 'small', picture: 'check', 'data-act': 'consent-in', act: () => askConsent(true) }),
        said && !said.isGiven ? null : button(t('customers.consent.take'), { kind: 'small', picture: 'stop', 'data-act': 'consent-out', act: () => askConsent(false) })) : null);
  }

  function askConsent(isGiven) {
    const made = form({
      fields: [field({ name: 'source', label: t('customers.consent.source'), hint: t('customers.consent.sourceHint'), attributes: { maxlength: 200, dir: 'auto', autofocus: true } })],
      extra: [el('p', { class: 'soft' }, t(isGiven ? 'customers.consent.giveText' : 'customers.consent.takeText'))],
      submit: t(isGiven ? 'customers.consent.give' : 'customers.consent.take'), cancel: () => asking.close(),
      save: ({ source }) => change('PUT', at('customers', state.found.customer.id, 'consent'), { body: { isGiven, source: source.trim() } }),
      saved: (answer) => {
        asking.close();
        toast(t('form.saved'));
        reload(answer);
      },
    });
    const asking = openDialog({ title: t(isGiven ? 'customers.consent.give' : 'customers.consent.take'), body: made.element });
    asking.id = 'consent-dialog';
  }

  function edit(now) {
    const [choice, own] = [labelChoice(labels, now.labels), ownFields(now.fields)];
    const made = form({
      fields: keptFields(), extra: [choice.element, own.element],
      values: { name: now.name ?? '', email: now.customer.email ?? '', language: now.customer.language ?? '', note: now.note ?? '' },
      save: (values) => change('PUT', at('customers', now.customer.id), {
        body: { ...keptValues(values), labels: choice.read(), fields: own.read(), version: state.found.version },
      }),
      saved: (answer) => {
        toast(t('form.saved'));
        reload(answer);
      },
    });
    return el('section', { class: 'stack tight' }, el('h3', {}, t('customers.kept')), made.element);
  }

  // What was said

  function history(now) {
    if (!now.conversations.length) return blank({ picture: 'dots', title: t('customers.noTalk'), text: t('customers.noTalkText') });
    return el('div', { class: 'stack' },
      el('ul', { class: 'customer-talks' }, now.conversations.map((talk) => el('li', { 'data-conversation': talk.conversation },
        el('div', { class: 'row' }, el('a', { class: 'grow', href: `/pages/desk/#c=${encodeURIComponent(talk.conversation)}` }, icon('inbox', 'small'), ' ', t('customers.talk', { ago: ago(talk.lastAt) })),
          badge(talk.status === 'bot' ? '' : 'accent', t('customers.status.' + talk.status)), talk.outcome ? el('span', { class: 'tag' }, name(outcomeWords(talk.outcome))) : null),
        talk.lastText ? el('p', { class: 'soft cut' }, name(talk.lastText)) : null,
        talk.labels.length ? el('div', { class: 'row tight' }, labels.filter(({ id }) => talk.labels.includes(id)).map(labelChip)) : null,
        talk.cases.length ? el('ul', { class: 'customer-cases', 'aria-label': t('customers.cases') }, talk.cases.map((each) => el('li', { 'data-case': each.id },
          el('div', { class: 'row' }, el('span', { class: 'grow' }, name(each.title || t('customers.untitled'))),
            each.into ? badge('', t('customers.linkedCase'), 'link') : badge(each.to ? '' : 'accent', t(each.to ? 'customers.closedCase' : 'customers.openCase'))),
          el('span', { class: 'meta' }, date(each.from), each.to ? ` – ${date(each.to)}` : '', each.outcome ? [' · ', name(outcomeWords(each.outcome))] : null)))) : null))),
      now.cited.length ? el('section', { class: 'stack tight' }, el('h3', {}, t('customers.cited')), el('ul', { class: 'customer-plain' }, now.cited.map((each) => el('li', {},
        el('div', { class: 'row' }, icon('file', 'small'), el('span', { class: 'grow' }, name(each.name)), el('span', { class: 'meta' }, t('customers.times', { count: each.times }), ' · ', time(each.at))))))) : null);
  }

  // Who else they are

  function identities(now) {
    return el('div', { class: 'stack' },
      el('p', { class: 'soft' }, t('customers.identitiesText')),
      now.members.length ? el('ul', { class: 'customer-plain', 'data-part': 'members' }, now.members.map((member) => el('li', { class: 'row', 'data-member': member.id },
        el('div', { class: 'grow' }, name(member.name || phoneOf(member) || t('customers.nobody')), el('span', { class: 'sub' }, [phoneOf(member), t('customers.since', { when: date(member.since) })].filter(Boolean).join(' · '))),
        mayWrite ? button(t('customers.unlink'), { kind: 'small', picture: 'undo', 'data-act': 'unlink', act: () => unlink(member) }) : null))) : null,
      mayWrite ? merge(now) : null, now.conversations.map((talk) => links(talk)));
  }

  function merge(now) {
    const place = el('div', { class: 'stack tight' });
    const input = el('input', { class: 'input', type: 'search', id: 'merge-search', 'aria-label': t('customers.mergeSearch'), placeholder: t('customers.mergeSearch'), autocomplete: 'off', dir: 'auto' });
    let soon;
    input.addEventListener('input', () => {
      clearTimeout(soon);
      soon = setTimeout(async () => {
        const words = input.value.trim();
        if (!words) return put(place);
        try {
          const { customers } = await ask(path(['tenants', tenant, 'customers'], { words, limit: 6 }));
          if (input.value.trim() !== words) return undefined;
          const others = customers.filter(({ id }) => id !== now.customer.id);
          return put(place, others.length ? el('ul', { class: 'customer-plain', 'data-part': 'others' }, others.map((other) => el('li', { class: 'row' },
            el('div', { class: 'grow' }, name(nameOf(other)), el('span', { class: 'sub' }, phoneOf(other))),
            button(t('customers.merge'), { kind: 'small', picture: 'link', 'data-act': 'merge', act: () => link(other, now.customer) })))) : el('p', { class: 'soft' }, t('customers.nobodyFound')));
        } catch (problem) {
          return put(place, notice('bad', problem.words));
        }
      }, 250);
    });
    return el('section', { class: 'stack tight' }, el('h3', {}, t('customers.mergeTitle')), input, place);
  }

  async function link(other, into) {
    let answer;
    const isDone = await confirmEffects({
      title: t('customers.mergeSure', { name: nameOf(other), into: nameOf(into) }), act: t('customers.merge'),
      effects: [t('customers.mergeEffect.1'), t('customers.mergeEffect.2'), t('customers.mergeEffect.3')],
      run: async () => {
        const { linkVersion } = await ask(at('customers', other.id));
        answer = await change('PUT', at('customers', other.id, 'link'), { body: { into: into.id, version: linkVersion } });
      },
    });
    if (!isDone) return;
    toast(t('customers.merged'));
    reload(answer);
  }

  async function unlink(member) {
    try {
      await change('DELETE', path(['tenants', tenant, 'customers', member.id, 'link'], { version: member.version }));
      toast(t('customers.unlinked'));
    } catch (problem) {
      toast(problem.words, { bad: true });
    }
    reload();
  }

  /** What WhatsApp itself told to be one customer, in one conversation. */
  function links(talk) {
    const place = el('div', { class: 'stack tight' });
    fillIn(place, async () => {
      const { links: list } = await ask(at('conversations', talk.conversation, 'links'));
      if (list.length < 2) return null;
      return el('section', { class: 'stack tight' }, el('h3', {}, t('customers.names', { ago: ago(talk.lastAt) })), el('ul', { class: 'customer-plain' }, list.map((each) => el('li', { class: 'row', 'data-link': each.id },
        el('div', { class: 'grow' }, name(each.kind === 'phone' ? `+${each.value}` : each.value ?? t('customers.joinedTalk')), el('span', { class: 'sub' }, t('customers.kind.' + each.kind))),
        mayWrite ? button(t('customers.separate'), {
          kind: 'small', picture: 'undo', 'data-act': 'separate', act: async () => {
            const isDone = await confirmEffects({
              title: t('customers.separateSure'), act: t('customers.separate'), effects: [t('customers.separateEffect')],
              run: () => change('DELETE', at('conversations', talk.conversation, 'links', each.id)),
            });
            if (isDone) reload();
          },
        }) : null))));
    }, { bones: 1 });
    return place;
  }

  show();
}
