// A question is tried as a customer would ask it: nothing is sent, nothing counts.

import { change, path } from '/pages/look/api.js';
import { blank, bones, broken, button, el, freshId, icon, put, t } from '/pages/look/parts.js';
import { reasonsView, verdictOf } from './reasons.js';

/** Questions before that are asked again, so that the next is read in their light. */
const remembered = 4;

/** The view: `element`, and `ask(question)`, which tries one. */
export function trialView(room) {
  if (!room.maySuggest) {
    return { element: blank({ picture: 'lock', title: t('knowledge.tryClosed'), text: t('knowledge.tryClosedText'), level: 2 }), ask() {} };
  }
  const field = el('textarea', { class: 'textarea short', id: freshId('try'), rows: 2, maxlength: 2000, dir: 'auto', 'data-part': 'question', placeholder: t('knowledge.tryPlaceholder') });
  const talk = el('div', { class: 'knowledge-talk', role: 'log', 'aria-label': t('knowledge.tryTalk') });
  const why = el('div', { class: 'stack', 'aria-live': 'polite', id: 'reasons' });
  const go = button(t('knowledge.tryGo'), { kind: 'primary', picture: 'send', type: 'submit', 'data-act': 'try' });
  let asked = [];
  let last = 0;
  const form = el('form', { class: 'stack tight' },
    el('label', { for: field.id, class: 'label' }, t('knowledge.tryLabel')), field,
    el('div', { class: 'row tight' }, go, button(t('knowledge.tryAgain'), { kind: 'quiet', picture: 'undo', 'data-act': 'start-over', act: startOver })));
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    send(field.value);
  });
  field.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    send(field.value);
  });

  function startOver() {
    asked = [];
    last += 1;
    put(talk, el('p', { class: 'soft' }, t('knowledge.tryText')));
    put(why, blank({ picture: 'bot', level: 2, title: t('knowledge.noReasons'), text: t('knowledge.noReasonsText') }));
    field.value = '';
    go.disabled = false;
    go.removeAttribute('aria-busy');
  }

  async function send(words) {
    const question = words.trim();
    if (!question || go.disabled) return field.focus();
    const mine = ++last;
    go.disabled = true;
    go.setAttribute('aria-busy', 'true');
    if (!asked.length) put(talk);
    const waits = el('div', { class: 'knowledge-bubble bot' }, el('span', { class: 'soft', role: 'status' }, t('knowledge.trying')));
    talk.append(el('div', { class: 'knowledge-bubble customer', dir: 'auto' }, question), waits);
    put(why, bones());
    try {
      const tried = await change('POST', path(['tenants', room.tenant, 'trials']), { body: { question, before: asked.slice(-remembered) } });
      if (mine !== last) return undefined;
      asked.push(question);
      field.value = '';
      waits.dataset.outcome = tried.outcome;
      put(waits, tried.text ? el('p', { dir: 'auto', class: 'knowledge-words' }, tried.text) : el('p', { class: 'soft' }, t('knowledge.saysNothing')),
        tried.outcome === 'handoff' ? el('p', { class: 'knowledge-remark soft' }, icon('person', 'small'), el('span', {}, t('knowledge.thenPerson'))) : null);
      put(why, verdictOf(tried), tried.outcome === 'handoff' && room.mayWrite
        ? el('div', {}, button(t('knowledge.writeAnswer'), { picture: 'edit', act: () => room.write({ question }) })) : null, reasonsView(tried));
    } catch (problem) {
      if (mine !== last) return undefined;
      waits.remove();
      put(why, broken(problem, { level: 2, title: t('knowledge.notTried'), again: () => send(question) }));
    }
    go.disabled = false;
    go.removeAttribute('aria-busy');
    return field.focus();
  }
  startOver();
  return {
    element: el('div', { class: 'knowledge-try' }, el('section', { class: 'card', 'aria-label': t('knowledge.try') }, el('div', { class: 'card-body' }, talk, form)), why),
    ask(question) {
      startOver();
      if (question) send(question);
      else requestAnimationFrame(() => field.focus());
    },
  };
}
