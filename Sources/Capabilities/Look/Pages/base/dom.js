// Elements. Whatever came from outside becomes text here, never markup: this is the one way.

const SVG = 'http://www.w3.org/2000/svg';
/** Addresses that a link may lead to: ours, the web's, and mail. */
const linkable = /^(?:[/?#.]|https?:|mailto:|tel:|blob:)/i;

/**
 * An element with attributes and children: nodes, texts, numbers, or lists of them. Attributes and
 * children that are null or false are left out; `onclick` and the like are listeners, and `.value`
 * with a dot sets a property.
 */
export function el(name, attributes = {}, ...children) {
  return fill(document.createElement(name), attributes, children);
}

/** An element of a drawing, made as `el` makes one of a page. */
export function svg(name, attributes = {}, ...children) {
  return fill(document.createElementNS(SVG, name), attributes, children);
}

function fill(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (typeof value === 'function' && name.startsWith('on')) element.addEventListener(name.slice(2), value);
    else if (name.startsWith('.')) element[name.slice(1)] = value;
    else if (name === 'href' && !linkable.test(String(value))) continue;
    else element.setAttribute(name, value === true ? '' : String(value));
  }
  element.append(...nodes(children));
  return element;
}

/** Children as nodes and texts: lists are flattened, what is null or false is left out. */
export function nodes(children) {
  return [children].flat(Infinity)
    .filter((child) => child !== null && child !== undefined && child !== false)
    .map((child) => (child instanceof Node ? child : String(child)));
}

/** Replaces what is in an element. */
export function put(element, ...children) {
  element.replaceChildren(...nodes(children));
  return element;
}

/** Names as they came from outside, which may be written in another direction than the page. */
export function name(text, attributes = {}) {
  return el('bdi', attributes, text);
}

/** Text that only those hear who do not see the page. */
export function heard(text) {
  return el('span', { class: 'sr' }, text);
}

let last = 0;

/** An id that nothing else on the page has. */
export function freshId(prefix = 'part') {
  last += 1;
  return `${prefix}-${last}`;
}

/** An icon of the sprite, which says nothing to those who do not see it. */
export function icon(picture, size = '') {
  return svg('svg', { class: ('icon ' + size).trim(), 'aria-hidden': 'true' },
    svg('use', { href: '#icon-' + picture }));
}

/**
 * Puts the sprite of icons into the page, once: they are there while the console cannot be reached,
 * too.
 */
export async function loadIcons() {
  if (document.getElementById('icons')) return;
  try {
    const text = await (await fetch('/pages/look/icons.svg')).text();
    const sprite = new DOMParser().parseFromString(text, 'image/svg+xml').documentElement;
    for (const symbol of sprite.querySelectorAll('symbol')) symbol.id = 'icon-' + symbol.id;
    sprite.id = 'icons';
    sprite.setAttribute('hidden', '');
    document.body.append(sprite);
  } catch {
    // Words are there without pictures.
  }
}

/** A button. `kind` is its classes, such as `primary` or `danger small`. */
export function button(words, { kind = '', picture, label, act, ...attributes } = {}) {
  const size = kind.includes('small') ? 'small' : '';
  return el('button', {
    class: `button ${kind}${words ? '' : ' only'}`.trim(), type: 'button', 'aria-label': label,
    title: words ? null : label, onclick: act, ...attributes,
  }, picture ? icon(picture, size) : null, words);
}
