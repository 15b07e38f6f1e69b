// What is wrong, in words: what happened, what it means for customers, what can be done.

import { el, icon, name, number, percent, put, t } from '/pages/look/parts.js';
import { knows } from '/pages/look/base/words.js';
import { bytes, lasting } from './units.js';

/** Who stands behind the calls of a stage. */
function world(stage) {
  const key = 'operations.world.' + stage;
  return t(knows(key) ? key : 'operations.world.other');
}

/**
 * Shows what is wrong within an element, or that nothing is. `tenantName(id)` names a business, and
 * `acts(finding)` gives what can be done about one here.
 */
export function showFindings(place, findings, { tenantName, acts }) {
  put(place, findings.length ? findings.map((finding) => entry(finding, tenantName, acts(finding))) : fine());
}

function fine() {
  return el('div', { class: 'notice ok', role: 'status' }, icon('ok'), el('div', { class: 'grow' }, el('strong', {}, t('operations.fine'))));
}

function entry(finding, tenantName, acts) {
  const values = {
    stage: finding.stage ?? '', process: finding.process ?? '', host: finding.host ?? '',
    tenant: finding.tenant ? tenantName(finding.tenant) : '',
    count: finding.count ?? 0, size: bytes(finding.count ?? 0), percent: percent((finding.percent ?? 0) / 100),
    time: lasting(finding.seconds ?? 0), world: world(finding.stage),
  };
  const title = t('operations.finding.' + finding.kind, values);
  return el('div', {
    class: `notice ${finding.level}`, role: finding.level === 'bad' ? 'alert' : 'status', 'data-finding': finding.kind,
    'data-process': finding.process, 'data-stage': finding.stage,
  }, icon(finding.level),
  el('div', { class: 'grow' }, el('strong', {}, title), el('p', {}, t('operations.remedy.' + finding.kind, values)),
    finding.detail ? el('span', { class: 'sub' }, name(finding.detail), finding.remedy ? [' ', name(finding.remedy)] : null) : null),
  acts);
}

/** How many are wrong, for the count beside the room's name. */
export function badOnes(findings) {
  return findings.filter((finding) => finding.level === 'bad').length;
}

/** Seconds and records that wait, such as `12 · 4 min`. */
export function waiting(count, seconds) {
  return seconds ? t('operations.waitingSince', { count: number(count), time: lasting(seconds) }) : number(count);
}
