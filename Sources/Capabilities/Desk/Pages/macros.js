// Macros where they are run: several things that are often done one after another, done together.

import { ask, path } from '/pages/look/api.js';
import { button, el, icon, name, notice, openDialog, put, t } from '/pages/look/parts.js';
import { fill } from './canned.js';
import { outcomeWords } from './people.js';
import { unfilled } from './replies.js';

/** What was read is good for so long, in milliseconds. */
const fresh = 60_000;

/** The macros of a tenant that are in use, read when somebody first wants one. */
export class Macros {
  constructor(tenant) {
    Object.assign(this, { tenant, list: [], at: 0 });
  }

  async read() {
    if (Date.now() - this.at < fresh) return this.list;
    const { macros } = await ask(path(['tenants', this.tenant, 'desk', 'macros']));
    this.list = macros.filter((macro) => !macro.isArchived);
    this.at = Date.now();
    return this.list;
  }
}

/** What conversations may be closed with: the tenant's own words, or the usual ones. */
export class Outcomes {
  constructor(tenant, usual) {
    Object.assign(this, { tenant, list: usual, at: 0 });
  }

  /** What was read before, where it cannot be read now: nobody is kept from closing. */
  async read() {
    if (Date.now() - this.at < fresh) return this.list;
    try {
      this.list = (await ask(path(['tenants', this.tenant, 'desk', 'outcomes']))).outcomes;
      this.at = Date.now();
    } catch { /* those of before are offered */ }
    return this.list;
  }
}

/** The steps of a macro as they are sent, and why they cannot be, if they cannot. */
function stepsOf(macro, { replies, labels, values }) {
  let missing = [];
  const steps = macro.steps.map((step) => {
    const label = labels.find(({ id }) => id === step.label);
    if (step.kind === 'reply') {
      const reply = replies.find(({ id }) => id === step.reply);
      const text = reply ? fill(reply.text, values).text : '';
      missing = [...missing, ...unfilled(text)];
      return { step: { kind: 'reply', text }, words: text, isGone: !reply };
    }
    if (step.kind === 'label' || step.kind === 'unlabel') return { step: { kind: step.kind, label: step.label }, words: label?.name ?? '', isGone: !label };
    return { step: { kind: step.kind, ...(step.text ? { text: step.text } : {}) }, words: step.kind === 'close' ? outcomeWords(step.text ?? '') : step.text ?? '' };
  });
  const gone = steps.findIndex(({ isGone }) => isGone);
  return { steps, missing: [...new Set(missing)], gone };
}

/**
 * Lets somebody choose a macro and see what it does: Enter runs it. `run(steps, isConfirmed)` does all
 * of them or nothing, and throws what was refused.
 */
export function askMacro({ customer, macros, replies, labels, values, run, done }) {
  const seen = el('div', { class: 'stack tight', 'aria-live': 'polite', 'data-part': 'steps' });
  const wrong = el('div', { role: 'alert' });
  const state = { chosen: macros[0] ?? null, isConfirmed: false };
  const go = button(t('desk.macro.run'), { kind: 'primary', picture: 'play', 'data-act': 'go', act: start });
  const inputs = macros.map((macro, index) => el('input', {
    type: 'radio', name: 'macro', value: macro.id, checked: index === 0, autofocus: index === 0,
    onchange: () => {
      Object.assign(state, { chosen: macro, isConfirmed: false });
      put(wrong);
      show();
    },
  }));
  const dialog = openDialog({
    title: t('desk.macro.title', { name: customer }),
    body: el('div', { class: 'desk-asking' }, macros.length
      ? el('fieldset', { class: 'desk-choose' }, el('legend', {}, t('desk.macro.which')), macros.map((macro, index) => el('label', { class: 'check' }, inputs[index], el('span', { class: 'grow' }, name(macro.name)))))
      : el('p', { class: 'soft' }, t('desk.macro.none')), seen, wrong),
    foot: [button(t('act.cancel'), { act: () => dialog.close(), 'data-act': 'keep' }), go],
  });
  dialog.id = 'run-macro';
  dialog.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter' || !event.target.matches('input')) return;
    event.preventDefault();
    if (!go.disabled && !go.hasAttribute('aria-busy')) start();
  });

  function show(results = null) {
    if (!state.chosen) {
      go.disabled = true;
      return;
    }
    const { steps, missing, gone } = stepsOf(state.chosen, { replies, labels, values });
    go.disabled = missing.length > 0 || gone >= 0;
    put(seen, el('ol', { class: 'desk-macro-steps' }, steps.map((each, index) => el('li', { 'data-step': each.step.kind, 'data-result': results?.[index] ?? null },
      results?.[index] === 'done' ? icon('check', 'small') : results?.[index] === 'failed' ? icon('bad', 'small') : null,
      el('strong', {}, t('desk.macro.step.' + each.step.kind)), ' ', name(each.words)))),
    missing.length ? notice('warn', t('desk.macro.missing'), missing.map((each) => `{${each}}`).join(', ')) : null,
    gone >= 0 ? notice('warn', t('desk.macro.gone', { step: String(gone + 1) })) : null);
  }

  async function start() {
    const { steps } = stepsOf(state.chosen, { replies, labels, values });
    go.setAttribute('aria-busy', 'true');
    put(wrong);
    try {
      await run(steps.map(({ step }) => step), state.isConfirmed);
      show(steps.map(() => 'done'));
      dialog.close();
      done(state.chosen);
    } catch (refusal) {
      // Whatever was refused, nothing was done: which step it was stands there.
      const failed = Number(/step (\d+) of/.exec(refusal.message ?? '')?.[1]) - 1;
      if (failed >= 0) show(steps.map((_, index) => (index === failed ? 'failed' : null)));
      if (refusal.code === 'overtaken') {
        state.isConfirmed = true;
        put(wrong, notice('warn', t('desk.overtaken'), t('desk.macro.again')));
      } else {
        put(wrong, notice('bad', t('desk.macro.refused'), el('bdi', {}, refusal.message)));
      }
    } finally {
      go.removeAttribute('aria-busy');
    }
  }
  show();
}
