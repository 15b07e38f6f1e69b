// The bar on top: whose pages these are, finding, the theme, and whoever is here.

import { all } from '../api.js';
import { button, el, icon } from '../base/dom.js';
import { languages } from '../base/languages.js';
import { enterOrganisation, impersonation, organisation, personName, seesAll, signOut, who } from '../base/session.js';
import { isDark, setTheme, theme } from '../base/theme.js';
import { language, speak, t } from '../base/words.js';
import { avatar } from '../parts/marks.js';
import { menuButton } from '../parts/menu.js';
import { bell } from './bell.js';
import { setAct } from './commands.js';
import { leave } from './impersonation.js';
import { openHelp } from './keys.js';
import { openPicker } from './picker.js';

/** Organisations that a menu holds; more are found by typing. */
const short = 8;

const isMac = /Mac|iP(hone|ad)/.test(navigator.platform);

/** The bar. */
export function topbar(openPalette) {
  const bar = el('header', { class: 'topbar' },
    el('button', { class: 'button quiet only menu-button', type: 'button', popovertarget: 'rooms', 'aria-label': t('nav.rooms') }, icon('menu')),
    switcher(),
    el('button', {
      class: 'palette-trigger', type: 'button', 'aria-haspopup': 'dialog', 'aria-label': t('palette.label'),
      'data-act': 'palette', onclick: openPalette,
    }, icon('search'), el('span', { class: 'cut' }, t('palette.label')),
    el('span', { class: 'keys', 'aria-hidden': 'true' }, el('kbd', {}, isMac ? '⌘' : 'Ctrl'), el('kbd', {}, 'K'))),
    themeButton('wide'), bell(), account());
  return bar;
}

/** A button that turns from light to dark and back. */
export function themeButton(kind = '') {
  const turn = button(null, {
    kind: `quiet ${kind}`.trim(), picture: 'moon', label: t('theme.turn'), 'data-act': 'theme',
    act: () => setTheme(isDark() ? 'light' : 'dark'),
  });
  const show = () => turn.querySelector('use').setAttribute('href', isDark() ? '#icon-sun' : '#icon-moon');
  addEventListener('parley:theme', show);
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', show);
  show();
  return turn;
}

/** The choice of the language, as entries of a menu. */
export function languageItems() {
  return Object.entries(languages).map(([code, { name }]) => ({
    words: name, lang: code, isOn: code === language(), run: () => { if (code !== language()) speak(code); },
    attributes: { 'data-language': code },
  }));
}

function switcher() {
  let known = null;
  const read = async () => {
    // Who runs the installation sees all, others what is theirs.
    if (!seesAll()) return who().tenants;
    known ??= all(['tenants'], 'tenants').catch(() => { known = null; return []; });
    return known;
  };
  let list = [];
  const opener = menuButton({
    kind: 'quiet tenant', label: t('switch.label', { name: organisation()?.name ?? t('switch.all') }), content: shownName(),
    'data-act': 'switch',
    items: () => [
      { head: t('switch.head') },
      ...(seesAll() ? [{ words: t('switch.all'), isOn: !organisation(), run: () => enterOrganisation(null) }] : []),
      ...list.slice(0, short).map((each) => item(each)),
      ...(list.length > short ? ['-', { words: t('switch.more'), picture: 'search', run: pick }] : []),
    ],
  });
  const pick = () => openPicker({
    label: t('switch.find'),
    items: read().then((found) => found.map((each) => ({
      words: each.name || each.id, name: true, meta: each.id, also: each.id, picture: 'building',
      run: () => enterOrganisation({ id: each.id, name: each.name || each.id }),
    }))),
  });
  setAct('switch', pick);
  read().then((found) => { list = found; });
  addEventListener('parley:organisation', () => {
    opener.replaceChildren(...shownName());
    opener.setAttribute('aria-label', t('switch.label', { name: organisation()?.name ?? t('switch.all') }));
  });
  return opener;
}

function item(each) {
  return {
    words: el('bdi', {}, each.name || each.id), isOn: organisation()?.id === each.id,
    run: () => enterOrganisation({ id: each.id, name: each.name || each.id }), attributes: { 'data-organisation': each.id },
  };
}

function shownName() {
  const chosen = organisation();
  return [
    chosen ? avatar({ text: chosen.name, kind: 'small square team' }) : avatar({ picture: 'server', kind: 'small square team' }),
    el('bdi', { class: 'cut' }, chosen?.name ?? t('switch.all')), icon('down', 'small'),
  ];
}

function account() {
  const name = personName();
  return menuButton({
    kind: 'quiet only', label: t('account.label', { name: name ?? t('account.key') }), end: true, 'data-act': 'account',
    content: [avatar(name ? { text: name, kind: 'team' } : { picture: 'key', kind: 'team' })],
    items: () => [
      { head: name ?? t('account.key') },
      ...(impersonation() ? [
        { words: t('acting.stop'), picture: 'undo', run: leave, attributes: { 'data-act': 'stop-acting-menu' } },
      ] : name ? [
        ...[['profile', 'person'], ['sessions', 'screen'], ['factor', 'shield']].map(([page, picture]) => ({
          words: t('room.' + page), picture, run: () => { location.href = `/pages/${page}/`; }, attributes: { 'data-page': page },
        })),
      ] : []),
      '-',
      { head: t('theme.head') },
      ...['light', 'dark', 'system'].map((value) => ({
        words: t('theme.' + value), isOn: theme() === value, run: () => setTheme(value), attributes: { 'data-theme-choice': value },
      })),
      '-',
      { head: t('language.head') }, ...languageItems(),
      '-',
      { words: t('command.help'), picture: 'keyboard', keys: ['?'], run: openHelp },
      { words: t('account.out'), picture: 'out', run: () => signOut(), attributes: { 'data-act': 'sign-out' } },
    ],
  });
}
