// Where one is signed in: device, place, last use; each can be ended.

import { ask, change } from '/pages/look/api.js';
import { button, el, put } from '/pages/look/base/dom.js';
import { badge, confirmEffects, fillIn, plainTable, t, time, toast } from '/pages/look/parts.js';
import { enter, pageHead } from '/pages/look/shell.js';

const systems = [['android', /Android/], ['iphone', /iPhone/], ['ipad', /iPad/], ['windows', /Windows/], ['macos', /Mac OS X/], ['linux', /Linux/]];
const browsers = [['edge', /Edg\//], ['opera', /OPR\//], ['firefox', /Firefox\//], ['chrome', /Chrom(e|ium)\//], ['safari', /Safari\//]];

/** A browser or program in words, as far as it says what it is. */
export function deviceName({ kind, userAgent = '' }) {
  if (kind === 'cli') return t('sessions.cli');
  const of = (list) => {
    const name = list.find(([, form]) => form.test(userAgent))?.[0];
    return name && t('device.' + name);
  };
  const [browser, system] = [of(browsers), of(systems)];
  if (!browser && !system) return t('sessions.unknown');
  return system ? t('sessions.on', { browser: browser ?? t('sessions.browser'), system }) : browser;
}

enter('sessions', (page) => {
  const place = el('div', { class: 'table-wrap' });
  const others = button(t('sessions.endOthers'), { kind: 'danger', 'data-act': 'end-others', act: () => endOthers(), disabled: true });
  put(page, pageHead({ title: t('room.sessions'), lead: t('sessions.lead'), acts: [others] }), el('section', { class: 'card' }, place));
  const show = () => fillIn(place, async () => {
    const { sessions } = await ask('/api/v1/me/sessions');
    others.disabled = sessions.length < 2;
    return plainTable(t('room.sessions'), [t('sessions.device'), t('sessions.place'), t('sessions.used'), t('sessions.began'), t('table.acts')],
      sessions.map((each) => [
        el('span', { 'data-session': each.id }, el('span', {}, deviceName(each)), ' ', each.isCurrent ? badge('ok', t('sessions.this')) : null),
        el('span', { class: 'mono' }, each.address ?? '–'), time(each.used), time(each.began),
        each.isCurrent ? t('sessions.here') : button(t('sessions.end'), {
          kind: 'small', 'data-act': 'end-session', 'aria-label': t('sessions.endOf', { device: deviceName(each) }), act: () => end(each),
        }),
      ]));
  });
  async function end(each) {
    try {
      await change('DELETE', '/api/v1/me/sessions/' + encodeURIComponent(each.id));
      toast(t('sessions.ended', { device: deviceName(each) }));
    } catch (problem) {
      toast(problem.words, { bad: true });
    }
    show();
  }
  async function endOthers() {
    const isDone = await confirmEffects({
      title: t('sessions.endOthersTitle'), effects: [t('sessions.endOthersText')], act: t('sessions.endOthers'), keep: t('sessions.keep'),
      run: () => change('DELETE', '/api/v1/me/sessions'),
    });
    if (!isDone) return;
    toast(t('sessions.othersEnded'));
    show();
  }
  show();
});
