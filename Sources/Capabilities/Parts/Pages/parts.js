// The page of parts: each in every state. Pages are made of these and of nothing else.

import { button, el, put, segments, t } from '/pages/look/parts.js';
import { isDark, setTheme } from '/pages/look/base/theme.js';
import { enter, pageHead } from '/pages/look/shell.js';
import { charts } from './charts.js';
import { fields } from './fields.js';
import { floats } from './floats.js';
import { lists } from './lists.js';
import { buttons, choices, colour, line } from './looks.js';
import { states } from './states.js';

const shelves = { line, colour, buttons, fields, choices, lists, floats, states, charts };

enter('parts', (page) => {
  const root = document.documentElement;
  const main = page.parentElement;
  put(page, pageHead({
    title: t('parts.title'), lead: t('parts.lead'),
    acts: [
      segments(t('parts.direction'), [['ltr', t('parts.ltr')], ['rtl', t('parts.rtl')]], { chosen: root.dir, changed: (value) => { root.dir = value; } }),
      segments(t('parts.width'), [['wide', t('parts.wide')], ['phone', t('parts.phone')]], {
        chosen: 'wide', changed: (value) => main.classList.toggle('as-phone', value === 'phone'),
      }),
      button(t('theme.turn'), { picture: 'moon', act: () => setTheme(isDark() ? 'light' : 'dark') }),
    ],
  }),
  el('nav', { class: 'tabs', 'aria-label': t('parts.here') }, Object.keys(shelves).map((key) => el('a', { href: '#' + key }, t('parts.' + key)))),
  Object.values(shelves).map((make) => make()));
});
