// What can be done about dead letters: tried first, then done.

import { change, path } from '/pages/look/api.js';
import { button, el, field, openDialog, plainTable, put, t, toast } from '/pages/look/parts.js';

/** Gives letters back to their stages; gives whether it was done. */
export function redrive(letters, done) {
  return remedy('redrives', letters, done, { title: 'letters.redriveTitle', act: 'letters.redriveNow', said: 'letters.redriven' });
}

/** Gives letters up; gives whether it was done. */
export function discard(letters, done) {
  const because = field({ name: 'because', label: t('letters.why'), maxlength: 500 });
  return remedy('discards', letters, done, {
    title: 'letters.discardTitle', act: 'letters.discardNow', said: 'letters.discarded', danger: true, because,
  });
}

function remedy(kind, letters, done, words) {
  return new Promise((resolve) => {
    let isDone = false;
    const wrong = el('p', { class: 'is-bad', role: 'alert', hidden: true });
    const trial = el('div', { 'aria-live': 'polite' }, t('letters.trying'));
    const wish = (isDryRun) => ({
      letters: letters.map((letter) => letter.letter), isDryRun,
      ...(words.because ? { because: words.because.read() || t('letters.noReason') } : {}),
    });
    const send = (isDryRun) => change('POST', path(['operations', 'dead-letters', kind]), { body: wish(isDryRun) });
    const fail = (problem) => {
      wrong.hidden = false;
      wrong.textContent = problem.words ?? problem.message;
    };
    const go = button(t(words.act), {
      kind: words.danger ? 'danger primary' : 'primary', disabled: true, 'data-act': 'confirm',
      act: async () => {
        if (words.because && !words.because.read()) {
          words.because.say(t('letters.whyMissing'));
          words.because.input.focus();
          return;
        }
        go.setAttribute('aria-busy', 'true');
        try {
          const outcome = await send(false);
          isDone = true;
          dialog.close();
          toast(t(words.said, { count: outcome.letters.filter((row) => row.isDone).length }));
          done();
        } catch (problem) {
          fail(problem);
        } finally {
          go.removeAttribute('aria-busy');
        }
      },
    });
    const dialog = openDialog({
      kind: 'remedy', title: t(words.title, { count: letters.length }),
      body: [trial, words.because?.element, wrong],
      foot: [button(t('act.cancel'), { act: () => dialog.close(), 'data-act': 'keep' }), go],
      closed: () => resolve(isDone),
    });
    dialog.id = 'remedy';
    send(true).then((outcome) => {
      const fitting = outcome.letters.filter((row) => row.isDone).length;
      go.disabled = fitting === 0;
      put(trial, el('p', {}, t('letters.would.' + kind, { count: fitting })),
        outcome.letters.length > fitting ? aside(outcome, letters) : null);
    }, (problem) => { put(trial); fail(problem); });
  });
}

/** Those that are left alone, and why. */
function aside(outcome, letters) {
  const named = new Map(letters.map((letter) => [letter.letter, letter.position]));
  const rows = outcome.letters.filter((row) => !row.isDone);
  return el('div', { class: 'letter-outcome table-wrap' }, plainTable(t('letters.leftAlone'), [t('letters.position'), t('letters.whyNot')],
    rows.map((row) => [el('span', { class: 'mono' }, named.get(row.letter) ?? row.letter), t('letters.not.' + row.why)])));
}
