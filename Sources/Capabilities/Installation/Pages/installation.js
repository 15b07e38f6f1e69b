// The installation: its settings in parts, who runs it, roles, API keys, who may what, and bounds.

import { may } from '/pages/look/base/session.js';
import { put, t, tabs } from '/pages/look/parts.js';
import { enter, pageHead } from '/pages/look/shell.js';
import { keysTab } from './keys.js';
import { matrixTab } from './matrix.js';
import { peopleTab } from './people.js';
import { rolesTab } from './roles.js';
import { mailTab, securityTab, signUpTab } from './settings.js';

/** The tabs by the words that stand in the page's address. */
const list = [
  ['sign-up', signUpTab], ['mail', mailTab], ['security', securityTab], ['operators', peopleTab], ['roles', rolesTab],
  ['keys', keysTab], ['permissions', matrixTab],
];

enter('installation', (page) => {
  const isWriter = may('installation:write');
  const isAppointer = may('operators:write');
  const asked = list.findIndex(([word]) => word === new URLSearchParams(location.search).get('tab'));
  put(page, pageHead({ title: t('installation.title'), lead: t('installation.lead') }),
    tabs(t('installation.title'), list.map(([word, content]) => ({
      words: t('installation.tab.' + word), content: () => content({ isWriter, isAppointer }),
    })), {
      chosen: Math.max(0, asked),
      changed: (index) => {
        const here = new URL(location);
        here.searchParams.set('tab', list[index][0]);
        history.replaceState(history.state, '', here);
      },
    }));
});
