// What became of one message as a time line over all topics, and of all of them: the ledger.

import { ask, path } from '/pages/look/api.js';
import { blank, button, card, copyButton, el, exactTime, field, fillIn, name, notice, pairs, put, t, tabs, time } from '/pages/look/parts.js';
import { enter, pageHead } from '/pages/look/shell.js';
import { ledger } from './ledger.js';
import { waterfall } from './waterfall.js';

enter('traces', (page) => {
  const asked = new URLSearchParams(location.search);
  const chosen = asked.get('tab') === 'ledger' ? 1 : 0;
  put(page, pageHead({ title: t('traces.title'), lead: t('traces.lead') }),
    tabs(t('traces.title'), [
      { words: t('traces.one'), content: () => oneMessage(asked) },
      { words: t('traces.ledger'), content: () => ledger() },
    ], {
      chosen,
      changed: (index) => {
        const address = new URL(location);
        if (index) address.searchParams.set('tab', 'ledger');
        else address.searchParams.delete('tab');
        history.replaceState(history.state, '', address);
      },
    }));
});

function oneMessage(asked) {
  const place = el('div', { id: 'story', 'aria-live': 'polite' });
  const id = field({ name: 'id', label: t('traces.id'), hint: t('traces.idHint'), maxlength: 512, optional: true, spellcheck: 'false', autocomplete: 'off' });
  const conversation = field({ name: 'conversation', label: t('traces.conversation'), hint: t('traces.conversationHint'), maxlength: 256, optional: true, spellcheck: 'false', autocomplete: 'off' });
  const search = el('form', {
    class: 'trace-search', role: 'search', 'aria-label': t('traces.search'),
    onsubmit: (event) => {
      event.preventDefault();
      if (id.read()) open({ id: id.read() });
      else if (conversation.read()) open({ conversation: conversation.read() });
      else id.input.focus();
    },
  }, id.element, conversation.element, button(t('traces.search'), { kind: 'primary', picture: 'search', type: 'submit', id: 'search' }));

  function open(wanted) {
    const address = new URL(location);
    for (const key of ['id', 'conversation']) {
      if (wanted[key]) address.searchParams.set(key, wanted[key]);
      else address.searchParams.delete(key);
    }
    history.replaceState(history.state, '', address);
    if (wanted.id) show(wanted.id);
    else list(wanted.conversation);
  }

  function show(wanted) {
    id.write(wanted);
    fillIn(place, async () => {
      const story = await ask(path(['operations', 'trace'], { id: wanted }));
      return storyOf(story, place);
    }, { title: t('traces.notFound'), level: 2 });
  }

  function list(wanted) {
    conversation.write(wanted);
    fillIn(place, async () => {
      const { messages } = await ask(path(['operations', 'conversations', wanted, 'messages']));
      if (!messages.length) return blank({ picture: 'route', level: 2, title: t('traces.noMessages'), text: t('traces.noMessagesText') });
      return card({
        title: t('traces.messages'), body: el('ul', { class: 'stack tight', id: 'messages' }, messages.map((message) => el('li', {},
          button(el('span', { class: 'mono' }, message.message), { kind: 'quiet small', act: () => open({ id: message.message }) }), ' ', time(message.at)))),
      });
    }, { title: t('traces.notFound'), level: 2 });
  }

  if (asked.get('id')) show(asked.get('id'));
  else if (asked.get('conversation')) list(asked.get('conversation'));
  else put(place, blank({ picture: 'route', level: 2, title: t('traces.begin'), text: t('traces.beginText') }));
  return el('div', { class: 'stack' }, card({ body: search }), place);
}

/** A story: what it is about, its time line, and what people wrote for whoever may read that. */
function storyOf(story, place) {
  const detail = el('div', { id: 'record' });
  const lost = story.steps.filter((step) => step.kind === 'deadLetter');
  return el('div', { class: 'stack' },
    lost.length ? notice('bad', t('traces.lost', { count: lost.length }), lost[0].summary,
      el('a', { class: 'button small', href: '/pages/dead-letters/' }, t('traces.toLetters'))) : null,
    card({
      title: t('traces.message'),
      body: pairs([
        [t('traces.id'), [el('span', { class: 'mono' }, story.message), ' ', copyButton(story.message, t('traces.id'))]],
        [t('traces.business'), name(story.tenant)],
        [t('traces.conversation'), el('a', { class: 'mono', href: `?conversation=${encodeURIComponent(story.key)}` }, story.key)],
      ]),
      foot: story.tenant === '-' || story.tenant === 'installation' ? null : button(t('traces.withWords'), {
        kind: 'small', picture: 'eye', 'data-act': 'content', act: () => fillIn(place, async () => storyOf(
          await ask(path(['tenants', story.tenant, 'trace'], { id: story.message })), place), { title: t('traces.noWords'), level: 2 }),
      }),
    }),
    waterfall(story, (step) => showStep(detail, step)), detail,
    story.isCut ? el('p', { class: 'soft' }, t('traces.cut')) : null);
}

function showStep(place, step) {
  put(place, card({
    title: [el('span', { class: 'mono' }, step.name)],
    body: [
      pairs([
        [t('traces.kind'), t('traces.kind.' + step.kind)],
        [t('traces.says'), name(step.summary)],
        [t('traces.when'), exactTime(step.at)],
        step.position && [t('traces.position'), el('span', { class: 'mono' }, step.position)],
        [t('traces.recordID'), [el('span', { class: 'mono' }, step.id), ' ', copyButton(step.id, t('traces.recordID'))]],
      ]),
      step.calls.length ? el('ul', { class: 'stack tight' }, step.calls.map((call) => el('li', {},
        el('span', { class: 'mono' }, `${call.name} → ${call.answer}`), ' ', call.model ? name(call.model) : null, ' ',
        el('span', { class: 'num' }, t('traces.ms', { count: call.milliseconds }))))) : null,
    ],
  }));
  place.firstChild.tabIndex = -1;
  place.firstChild.focus();
}
