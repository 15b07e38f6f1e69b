// What is asked before a conversation is given to somebody else, or ends: a few choices, and words
// for colleagues.

import { button, el, field, freshId, heard, name, notice, openDialog, put, t } from '/pages/look/parts.js';
import { outcomeWords } from './people.js';

/** Bytes of what an outcome is called. */
const mostWord = 64;

/**
 * A dialog that is done by Enter. `run()` does it and gives whether it was; what a refusal says
 * stands in the dialog, and what was typed stays.
 */
function asking({ title, body, act, picture, more = [], run }) {
  const id = freshId('asking');
  const wrong = el('div', { role: 'alert' });
  const go = button(act, { kind: 'primary', picture, type: 'submit', form: id, 'data-act': 'go' });
  const finish = async (work) => {
    go.setAttribute('aria-busy', 'true');
    put(wrong);
    try {
      await work();
      dialog.close();
    } catch (refusal) {
      put(wrong, notice('bad', refusal.message));
    } finally {
      go.removeAttribute('aria-busy');
    }
  };
  const element = el('form', {
    id, class: 'desk-asking',
    onsubmit: (event) => {
      event.preventDefault();
      if (!go.hasAttribute('aria-busy')) finish(run);
    },
    onkeydown: (event) => {
      if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
      event.preventDefault();
      element.requestSubmit();
    },
  }, body, wrong);
  const dialog = openDialog({
    title, body: element,
    foot: [button(t('act.cancel'), { act: () => dialog.close(), 'data-act': 'keep' }),
      more.map((each) => button(each.words, { 'data-act': each.name, act: () => finish(each.run) })), go],
  });
  return dialog;
}

function note() {
  return field({ name: 'note', kind: 'textarea', label: t('desk.noteFor'), optional: true, attributes: { rows: 2, maxlength: 1_000 } });
}

function choices(legend, list) {
  const inputs = list.map((_, index) => el('input', { type: 'radio', name: 'choice', value: String(index), checked: index === 0, autofocus: index === 0 }));
  return {
    element: el('fieldset', { class: 'desk-choose' }, el('legend', {}, legend),
      list.map(({ words, hint }, index) => el('label', { class: 'check' }, inputs[index],
        el('span', { class: 'grow' }, words), hint ? el('span', { class: 'hint' }, hint) : null))),
    inputs,
    get chosen() { return list[inputs.findIndex((input) => input.checked)]; },
  };
}

/**
 * Asks to whom a conversation goes. `agents` are the colleagues, `run(fields, words)` gives it, and
 * throws what was refused.
 */
export function askTransfer({ customer, agents, queues = [], isWaiting = false, run }) {
  const to = choices(t('desk.transfer.to'), [
    ...agents.map((agent) => ({
      words: name(agent.name), hint: t(agent.isHere ? 'desk.transfer.here' : 'desk.transfer.away'),
      fields: { to: 'agent', agent: agent.id }, said: t('desk.did.transfer', { name: customer, to: agent.name }),
    })),
    ...queues.map((queue) => ({
      words: name(queue.name), hint: t('desk.transfer.team'), fields: { to: 'team', queue: queue.id }, said: t('desk.did.team', { name: customer, queue: queue.name }),
    })),
    ...isWaiting ? [] : [{ words: t('desk.transfer.queue'), fields: { to: 'queue' }, said: t('desk.did.release', { name: customer }) },
    { words: t('desk.transfer.bot'), fields: { to: 'bot' }, said: t('desk.did.close', { name: customer }) }],
  ]);
  const words = note();
  asking({
    title: t('desk.transfer.title', { name: customer }), body: isWaiting ? to.element : [to.element, words.element], act: t('desk.transfer'), picture: 'transfer',
    run: () => run({ ...to.chosen.fields, note: words.read().trim() || undefined }, to.chosen.said),
  });
}

/** Asks for how long a conversation is laid aside; `times` are `[words, until]`. */
export function askParking({ customer, times, run }) {
  const when = choices(t('desk.park.until'), times.map(([words, until]) => ({ words, until })));
  asking({
    title: t('desk.park.title', { name: customer }), body: [el('p', { class: 'soft' }, t('desk.park.text')), when.element], act: t('desk.park'), picture: 'clock',
    run: () => run(when.chosen.until),
  });
}

/** Asks what came of a conversation: Enter takes the word that is chosen, digits choose one. */
export function askOutcome({ customer, outcomes, run }) {
  const own = el('input', { class: 'input', type: 'text', dir: 'auto', maxlength: mostWord, 'aria-label': t('desk.outcome.own'), id: freshId('outcome') });
  const list = choices(t('desk.outcome.what'), [
    ...outcomes.map((word, index) => ({ word, words: outcomeWords(word), hint: index < 9 ? el('kbd', { 'aria-hidden': 'true' }, String(index + 1)) : null })),
    { word: null, words: [t('desk.outcome.other'), heard('. '), own] },
  ]);
  own.addEventListener('focus', () => { list.inputs.at(-1).checked = true; });
  list.element.addEventListener('keydown', (event) => {
    const input = list.inputs[Number(event.key) - 1];
    if (!input || event.target === own) return;
    event.preventDefault();
    input.checked = true;
    (input === list.inputs.at(-1) ? own : input).focus();
  });
  const words = note();
  asking({
    title: t('desk.outcome.title', { name: customer }), body: [list.element, words.element], act: t('desk.close'), picture: 'check',
    more: [{ words: t('desk.outcome.none'), name: 'no-outcome', run: () => run({}) }],
    run: () => run({ outcome: list.chosen.word ?? (own.value.trim() || undefined), note: words.read().trim() || undefined }),
  });
}
