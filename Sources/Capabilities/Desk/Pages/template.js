// Templates: all that may go while the 24-hour window is closed, with what is filled in to them.

import { ask, path } from '/pages/look/api.js';
import { language } from '/pages/look/base/words.js';
import { button, el, field, icon, name, put, t } from '/pages/look/parts.js';

/** The templates of a tenant that can be filled in here: approved ones with words alone above them. */
async function templatesOf(tenant) {
  const { templates } = await ask(path(['tenants', tenant, 'templates']));
  return templates.filter(({ status, header, headerText }) => status === 'APPROVED'
    && (!header || (header === 'TEXT' && !/\{\{/.test(headerText ?? ''))));
}

/**
 * Chooses a template and fills it in. `send(content, words)` sends it; `why` says why nothing else
 * goes; `cancel` leads back where something else does. Gives the element.
 */
export function templatePane({ tenant, customer, why, send, cancel, keys }) {
  const body = el('div', { class: 'body', 'aria-busy': 'true' });
  const go = button(t('desk.sendTemplate'), { kind: 'primary', picture: 'send', id: 'send-template', disabled: true });
  const element = el('section', { class: 'window-closed', 'aria-label': t('desk.template'), id: 'templates' },
    why ? el('div', { class: 'why' }, icon('lock'), el('div', { class: 'grow' }, el('strong', {}, why.title), el('p', { class: 'soft' }, why.text))) : null,
    body, el('footer', {}, el('span', { class: 'meta grow' }, keys ?? ''), cancel ? button(t('act.cancel'), { kind: 'quiet', act: cancel }) : null, go));

  function show(list) {
    body.removeAttribute('aria-busy');
    if (!list.length) {
      return put(body, el('p', { class: 'soft' }, t('desk.noTemplates'), ' ', el('a', { href: '/pages/channels/' }, t('desk.toTemplates'))));
    }
    const preview = el('div', { class: 'bubble', dir: 'auto' });
    const fields = el('div', { class: 'stack tight' });
    let chosen = null;
    let values = {};
    const showPreview = () => {
      put(preview, chosen.headerText ? el('p', {}, el('strong', {}, name(chosen.headerText))) : null,
        el('p', {}, chosen.body.split(/(\{\{[^{}]*\}\})/).map((piece) => {
          const place = piece.match(/^\{\{\s*(.*?)\s*\}\}$/)?.[1];
          if (place === undefined) return piece;
          return el('b', { class: values[place] ? null : 'is-bad' }, values[place] || piece);
        })), chosen.footer ? el('p', { class: 'meta' }, name(chosen.footer)) : null,
        chosen.buttons.length ? el('div', { class: 'row tight' }, chosen.buttons.map((words) => el('span', { class: 'tag' }, name(words)))) : null);
      go.disabled = chosen.parameters.some((place) => !values[place]?.trim());
    };
    const choose = (key) => {
      chosen = list.find((each) => `${each.name}/${each.language}` === key) ?? list[0];
      values = {};
      put(fields, chosen.parameters.map((place, index) => {
        const made = field({ name: 'value-' + place, label: t('desk.parameter', { parameter: place }), attributes: { maxlength: 1024, dir: 'auto', autocomplete: 'off' } });
        // Most templates begin with the name.
        if (index === 0 && /name|nombre|^1$/.test(place)) {
          values[place] = customer.split(' ')[0];
          made.write(values[place]);
        }
        made.element.addEventListener('input', (event) => {
          values[place] = event.target.value;
          showPreview();
        });
        return made.element;
      }));
      showPreview();
    };
    const select = field({
      name: 'template', kind: 'select', label: t('desk.template'),
      options: list.map((each) => [`${each.name}/${each.language}`, `${each.name} · ${each.language}`]),
    });
    select.element.addEventListener('change', (event) => choose(event.target.value));
    const own = list.find((each) => each.language.split('_')[0] === language()) ?? list[0];
    select.write(`${own.name}/${own.language}`);
    choose(`${own.name}/${own.language}`);
    go.addEventListener('click', () => {
      go.disabled = true;
      const isNamed = chosen.parameters.some((place) => !/^\d+$/.test(place));
      send({
        template: {
          name: chosen.name, language: chosen.language,
          parameters: chosen.parameters.map((place) => ({ ...(isNamed ? { name: place } : {}), text: values[place].trim() })),
        },
      }, preview.querySelector('p:not(:has(strong))')?.textContent ?? chosen.name);
    });
    return put(body, el('div', { class: 'stack tight' }, select.element, fields),
      el('div', { class: 'stack tight' }, el('span', { class: 'meta' }, t('desk.asRead', { name: customer })), el('div', { class: 'thread preview' }, preview)));
  }

  templatesOf(tenant).then(show, (problem) => {
    body.removeAttribute('aria-busy');
    put(body, el('p', { class: 'is-bad', role: 'alert' }, problem.words ?? problem.message));
  });
  return element;
}
