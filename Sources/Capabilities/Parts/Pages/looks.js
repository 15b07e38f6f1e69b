// The line, colours, type, buttons, tabs and marks.

import { avatar, badge, button, card, el, keys, menuButton, name, segments, state, t, tabs, tag, toast } from '/pages/look/parts.js';
import { given } from './samples.js';
import { shelf } from './shelf.js';

const colours = [
  'canvas', 'surface', 'surface-sunken', 'surface-press', 'surface-selected', 'accent', 'accent-soft', 'ok', 'ok-soft', 'warn',
  'warn-soft', 'bad', 'bad-soft', 'voice-bot', 'voice-person', 'voice-note', 'text', 'text-2', 'text-3', 'edge', 'hairline',
];

/** The line: who holds a conversation. */
export function line() {
  const key = (kind) => el('span', { class: 'hold-key' }, el('span', { class: `hold ${kind}` }), t(`parts.line.${kind || 'bot'}`));
  return shelf('line', card({
    body: [
      el('div', { class: 'row line-key' }, key(''), key('queue'), key('person')),
      el('ol', { class: 'journey' }, ['asked', 'paid', 'packed', 'received'].map((step, index) => el('li', {
        class: index < 2 ? 'done' : null, 'aria-current': index === 2 ? 'step' : null,
      }, el('b', {}, t('parts.step.' + step))))),
    ],
  }));
}

/** Colours and type. */
export function colour() {
  return shelf('colour',
    el('div', { class: 'swatches' }, colours.map((token) => el('div', { class: 'swatch' }, el('i', { class: 'c-' + token }), el('span', { class: 'mono' }, token)))),
    card({
      body: [
        ['title', 'type-title'], ['section', 'type-section'], ['reading', 'type-reading'], ['explaining', 'soft'], ['meta', 'meta'],
      ].map(([key, kind]) => el('p', { class: kind }, t('parts.type.' + key))).concat(el('p', { class: 'mono' }, 'wamid.HBgL…3QkE=')),
    }));
}

/** Buttons in every state. */
export function buttons() {
  const words = (key) => t('parts.button.' + key);
  return shelf('buttons', card({
    body: [
      el('div', { class: 'row' }, button(words('send'), { kind: 'primary', picture: 'send' }), button(words('transfer'), { picture: 'transfer' }),
        button(words('dismiss'), { kind: 'quiet' }), button(words('remove'), { kind: 'danger', picture: 'trash' }), button(words('delete'), { kind: 'danger primary' })),
      el('div', { class: 'row' }, button(words('send'), { kind: 'primary', disabled: true }), button(words('transfer'), { disabled: true }),
        button(words('saving'), { picture: 'refresh', 'aria-busy': 'true' }), button(words('listening'), { picture: 'eye', 'aria-pressed': 'true' }),
        button(words('send'), { kind: 'primary small' }), button(words('transfer'), { kind: 'small' }),
        button(null, { picture: 'dots', label: words('more') }), button(null, { kind: 'quiet', picture: 'clip', label: words('attach') }),
        el('span', { class: 'group' }, button(words('close')), button(null, { picture: 'down', label: words('closeWith') })),
        keys(['Ctrl', 'K'])),
    ],
  }));
}

/** Tabs, segments, badges, tags and people. */
export function choices() {
  const words = (key) => t('parts.mark.' + key);
  const panel = (key) => () => el('p', { class: 'soft' }, words(key + '.text'));
  return shelf('choices', card({
    body: [
      tabs(words('tabs'), ['documents', 'unanswered', 'rules'].map((key, index) => ({ words: words(key), count: [41, 26][index], content: panel(key) }))),
      el('div', { class: 'row' }, segments(words('period'), [['week', words('week')], ['month', words('month')]], { chosen: 'week', changed: (value) => toast(words(value)) })),
      el('div', { class: 'row' }, badge('', words('parked')), badge('accent', words('opened')), badge('ok', words('searchable'), 'ok'),
        badge('warn', words('left'), 'clock'), badge('bad', words('over'), 'clock'), badge('outline', words('draft')),
        tag('garantía'), tag('طلب', () => toast(words('removed'))), el('span', { class: 'dotcount' }, '3'),
        state('ok', words('running')), state('warn', words('held')), state('bad', words('restarting')), state('off', words('stopped'))),
      el('div', { class: 'row' }, avatar({ text: given.customer, kind: 'large' }), avatar({ text: given.customer }), avatar({ text: given.customer, kind: 'small' }),
        ...['here', 'away', 'gone'].map((reach) => avatar({ text: given.agent, kind: 'team', reach })), avatar({ picture: 'bot' }),
        avatar({ text: given.business, kind: 'square team' }), el('span', { class: 'meta' }, words('reach'))),
      el('div', { class: 'row' }, menuButton({
        words: words('menu'), items: () => [
          { words: words('transfer'), picture: 'transfer', keys: ['T'], run: () => toast(words('transfer')) },
          { words: words('park'), picture: 'pause', keys: ['P'], run: () => toast(words('park')) },
          { words: words('label'), picture: 'tag', why: words('labelWhy') },
          '-', { head: words('sort') },
          { words: words('newest'), isOn: true, run: () => {} }, { words: words('oldest'), isOn: false, run: () => {} },
          '-', { words: words('erase'), picture: 'trash', danger: true, run: () => toast(words('erase')) },
        ],
      }), name('עברית English العربية')),
    ],
  }));
}
