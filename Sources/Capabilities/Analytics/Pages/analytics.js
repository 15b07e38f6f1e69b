// Figures: of the chosen business, or, for who runs the installation, of all.

import { may, organisation } from '/pages/look/base/session.js';
import { blank, bones, broken, el, put, t } from '/pages/look/parts.js';
import { enter, keepFresh, pageHead } from '/pages/look/shell.js';
import { chosen, switches } from './choice.js';
import * as platform from './platform.js';
import * as tenant from './tenant.js';

/** How often figures are read anew, in milliseconds. */
const pause = 30_000;

enter('analytics', (page) => {
  const head = el('div', { id: 'analytics-head' });
  const place = el('div', { class: 'stack', id: 'analytics' });
  let shown = '';
  let last = 0;

  const draw = () => {
    const here = organisation();
    const { period, by } = chosen();
    put(head, pageHead({
      title: t(here ? 'analytics.title' : 'analytics.titleAll'),
      lead: here ? el('bdi', {}, here.name) : t('analytics.leadAll'),
      acts: here ? [tenant.saving(['tenants', here.id, 'exports', 'analytics.csv'], { period, by })]
        : may('platformBilling:read') ? [tenant.saving(['exports', 'analytics.csv'], { period })] : [],
    }), switches(again, { hasSteps: Boolean(here) }));
  };

  const load = async () => {
    const here = organisation();
    const choice = chosen();
    const mine = last += 1;
    if (!here && !may('platformBilling:read')) {
      return put(place, blank({ picture: 'building', level: 2, title: t('analytics.choose'), text: t('analytics.chooseText') }));
    }
    if (!place.firstChild) put(place, bones(6));
    try {
      const answer = await (here ? tenant.read(here.id, choice) : platform.read(choice));
      const now = JSON.stringify([answer, choice, here?.id]);
      // What has not changed keeps its focus, and the tables that are open.
      if (mine !== last || now === shown) return undefined;
      shown = now;
      put(place, (here ? tenant : platform).show(answer, choice));
    } catch (problem) {
      if (mine === last) {
        shown = '';
        put(place, broken(problem, { level: 2, again: load }));
      }
    }
    return undefined;
  };

  function again() {
    const had = document.activeElement?.dataset?.value;
    draw();
    head.querySelector(`[data-value="${CSS.escape(had ?? '')}"]`)?.focus();
    load();
  }

  addEventListener('parley:organisation', () => { if (page.isConnected) { put(place); draw(); } });
  draw();
  put(page, head, place);
  keepFresh(page, load, pause);
});
