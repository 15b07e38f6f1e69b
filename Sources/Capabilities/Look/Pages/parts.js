// Everything that pages are made of, in one place.

export { button, el, freshId, heard, icon, name, put, svg } from './base/dom.js';
export { compare, language, locale, number, percent, rich, series, t } from './base/words.js';
export { ago, clockTime, date, day, dayOf, duration, exactTime, setZone, startOfDay, time, zone } from './base/times.js';
export { blank, bones, broken, fillIn, notice } from './parts/states.js';
export { toast } from './parts/toast.js';
export { confirmEffects, openDialog, putInDialog } from './parts/dialog.js';
export { menuButton } from './parts/menu.js';
export { segments, tabs } from './parts/tabs.js';
export { avatar, badge, card, initials, keys, named, pairs, state, tag } from './parts/marks.js';
export { copyButton, showSecret } from './parts/copy.js';
export { figures, gauges, spark } from './parts/figures.js';
export { chart, heatMap } from './parts/chart.js';
export { field } from './parts/fields.js';
export { form } from './parts/form.js';
export { filters, momentsOf, today } from './parts/filters.js';
export { isHeld, keepPlace } from './parts/place.js';
export { pageOf, plainTable, table } from './parts/table.js';
