// What WhatsApp can do wrong, each as a switch.

import { ask, change, path } from '/pages/look/api.js';
import { badge, broken, el, freshId, put, t, toast } from '/pages/look/parts.js';

/** What a kind is told besides being on, with what is usual. */
const settings = {
  graph_error: { code: 131000 }, upload_error: { code: 131053 }, fail_status: { code: 131026 },
  slow: { milliseconds: 5_000 }, status_first: { milliseconds: 1_000 }, skew: { milliseconds: -60_000 },
};

/** The switches; `changed` is called when one was turned. */
export function faultsPanel({ business, changed }) {
  const list = el('ul', { class: 'sim-faults' });
  const element = el('div', { class: 'stack' }, el('p', { class: 'soft' }, t('simulator.faultsText')), list);
  let chosen = {};

  function draw(faults) {
    const focused = document.activeElement?.dataset?.kind;
    put(list, faults.map((fault) => row(fault)));
    if (focused) list.querySelector(`[data-kind="${focused}"]`)?.focus();
  }

  function row(fault) {
    const { kind } = fault;
    const words = `simulator.fault.${kind}`;
    const [label, hint] = [freshId('fault'), freshId('fault')];
    const about = settings[kind] ?? {};
    const values = { ...about, ...chosen[kind], ...Object.fromEntries(Object.keys(about).filter((key) => fault[key] !== undefined && fault[key] !== null).map((key) => [key, fault[key]])) };
    const inputs = Object.keys(about).map((key) => {
      const input = el('input', { class: 'input num sim-setting', inputmode: 'numeric', value: values[key], 'aria-label': `${t(words)}: ${t('simulator.setting.' + key)}`, disabled: fault.is_on });
      return [key, input];
    });
    const input = el('input', {
      type: 'checkbox', class: 'switch', role: 'switch', 'data-kind': kind, 'aria-labelledby': label, 'aria-describedby': hint, checked: fault.is_on,
      onchange: async () => {
        const body = Object.fromEntries(inputs.map(([key, each]) => [key, Number.parseInt(each.value, 10)]).filter(([, value]) => Number.isFinite(value)));
        chosen = { ...chosen, [kind]: body };
        input.setAttribute('aria-busy', 'true');
        try {
          const target = path(['simulator', 'faults', kind]);
          const answer = input.checked ? await change('PUT', target, { body: { ...body, business: business().name } }) : await change('DELETE', target);
          draw(answer.faults);
          changed();
        } catch (problem) {
          input.checked = fault.is_on;
          input.removeAttribute('aria-busy');
          toast(problem.words, { bad: true });
        }
      },
    });
    const isElsewhere = fault.is_on && fault.business && fault.business !== business().name;
    return el('li', { 'data-on': fault.is_on ? '' : null },
      el('label', { class: 'sim-fault' }, input, el('span', { class: 'grow' },
        el('b', { id: label }, t(words)), el('span', { class: 'soft', id: hint }, t(words + '.text')))),
      inputs.length ? el('div', { class: 'sim-settings' }, inputs.map(([key, each]) => el('label', {}, el('span', { class: 'meta' }, t('simulator.setting.' + key)), each))) : null,
      el('div', { class: 'row meta' }, fault.is_on ? badge('warn', isElsewhere ? t('simulator.onFor', { name: fault.business }) : t('simulator.isOn')) : null,
        fault.applied ? el('span', {}, t('simulator.applied', { count: fault.applied })) : null));
  }

  async function load() {
    try {
      draw((await ask(path(['simulator', 'faults']))).faults);
    } catch (problem) {
      put(list, el('li', {}, broken(problem, { again: load, level: 3 })));
    }
  }
  load();
  return { element, load };
}
