// Proving again who somebody is, in a dialog over whatever they were at: then it goes on.

import { change, proveBy } from '../api.js';
import { el } from '../base/dom.js';
import { arrive, who } from '../base/session.js';
import { t } from '../base/words.js';
import { openDialog } from '../parts/dialog.js';
import { field } from '../parts/fields.js';
import { form } from '../parts/form.js';

let open = null;

/** Lets requests that need a proof ask for it. */
export function readyProof() {
  proveBy((what) => {
    // Several requests may wait for one proof.
    open ??= (what === 'factor' ? leadToFactor() : ask()).finally(() => { open = null; });
    return open;
  });
}

function ask() {
  const hasFactor = who().own?.hasFactor;
  return new Promise((resolve) => {
    let isDone = false;
    const input = hasFactor
      ? field({ name: 'code', label: t('proof.code'), hint: t('proof.codeHint'), attributes: { autocomplete: 'one-time-code', autocapitalize: 'off', spellcheck: 'false', autofocus: true } })
      : field({ name: 'password', label: t('proof.password'), kind: 'password', attributes: { autocomplete: 'current-password', autofocus: true } });
    const asked = form({
      fields: [input], isDraft: false, submit: t('proof.go'), cancel: () => dialog.close(),
      save: (values) => change('POST', '/api/v1/session/proof', { body: values, plain: true }),
      saved: async () => {
        isDone = true;
        await arrive().catch(() => {});
        dialog.close();
      },
    });
    const dialog = openDialog({
      title: t('proof.title'), kind: 'small', body: [el('p', { class: 'soft' }, t('proof.lead')), asked.element],
      closed: () => resolve(isDone),
    });
  });
}

/** Where a second factor is asked for, it is set up first. */
async function leadToFactor() {
  if (!location.pathname.startsWith('/pages/factor')) location.href = '/pages/factor/?due=1';
  return false;
}
