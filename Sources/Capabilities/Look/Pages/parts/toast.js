// What was done, said for a while, and taken back within ten seconds.

import { button, el, icon } from '../base/dom.js';
import { t } from '../base/words.js';

/** How long something can be taken back, and how long it is merely said; in milliseconds. */
const times = { undo: 10_000, said: 5_000, bad: 10_000 };

let region;
let newest = null;

function place() {
  if (!region?.isConnected) {
    // It is there before anything is said in it: only then it is read out.
    region = el('div', { class: 'toasts', role: 'status', 'aria-live': 'polite', 'aria-label': t('toast.region') });
    region.popover = 'manual';
    document.body.append(region);
  }
  return region;
}

/** Makes the place for what is said, once the page is there. */
export function readyToasts() {
  place();
}

/**
 * Says what was done. `undo` takes it back, `act` is `{ words, run }`, `bad` says that it failed.
 * The time stands still while the pointer or the focus is on it. Gives a function that ends it.
 */
export function toast(words, { undo, act, bad = false } = {}) {
  const over = place();
  // Above a dialog, too: both are in the layer on top, where the last one shown is the upper.
  if (over.matches(':popover-open')) over.hidePopover();
  over.showPopover();
  const end = () => {
    clearTimeout(timer);
    shown.remove();
    if (newest === takeBack) newest = null;
    if (!over.childElementCount && over.matches(':popover-open')) over.hidePopover();
  };
  const takeBack = undo && (async () => {
    end();
    await undo();
    toast(t('toast.undone'));
  });
  const shown = el('div', { class: `toast${undo || act ? '' : ' plain'}`, role: bad ? 'alert' : null },
    bad ? el('span', { class: 'is-bad' }, icon('bad', 'small')) : null,
    el('span', {}, words),
    undo ? button([t('act.undo'), ' ', el('kbd', { 'aria-hidden': 'true' }, 'Z')], { kind: 'small', act: takeBack }) : null,
    act ? button(act.words, { kind: 'small', act: () => { end(); act.run(); } }) : null);
  const length = undo ? times.undo : bad ? times.bad : times.said;
  let timer = setTimeout(end, length);
  const hold = () => clearTimeout(timer);
  const goOn = () => {
    clearTimeout(timer);
    timer = setTimeout(end, length);
  };
  shown.addEventListener('pointerenter', hold);
  shown.addEventListener('pointerleave', goOn);
  shown.addEventListener('focusin', hold);
  shown.addEventListener('focusout', goOn);
  if (takeBack) newest = takeBack;
  over.append(shown);
  return end;
}

/** Takes back what was done last, if it still can be. */
export function undoNewest() {
  newest?.();
}
