// Figures and charts.

import { blank, bones, card, chart, el, figures, gauges, heatMap, locale, number, t } from '/pages/look/parts.js';
import { answered, days, hours, replies } from './samples.js';
import { shelf } from './shelf.js';

/** Figures, bars, lines, a heat map, gauges, and what stands where there is nothing to draw. */
export function charts() {
  const words = (key, values) => t('parts.chart.' + key, values);
  const short = new Intl.DateTimeFormat(locale(), { weekday: 'short', day: 'numeric', timeZone: 'UTC' });
  const weekdays = new Intl.DateTimeFormat(locale(), { weekday: 'short', timeZone: 'UTC' });
  const labels = days.map((at) => short.format(at));
  const against = words('against');
  return shelf('charts',
    figures([
      { label: words('conversations'), value: 568, delta: { by: '1 %', isUp: true, isGood: true, against }, spark: answered.bot },
      { label: words('satisfaction'), value: number(4.6), unit: words('of5'), delta: { by: number(0.1), isUp: false, isGood: false, against }, spark: [4.7, 4.6, 4.8, 4.7, 4.6, 4.6] },
      { label: words('storage'), value: number(3.1), unit: words('of10'), note: words('steady') },
      { label: words('agents'), value: 0, note: words('nobody') },
    ]),
    el('div', { class: 'cols even' },
      card({ title: words('bars'), level: 3, body: chart({ title: words('perDay'), labels, series: ['bot', 'person', 'unanswered'].map((key) => ({ name: words(key), values: answered[key] })) }) }),
      card({ title: words('lines'), level: 3, body: chart({ title: words('minutes'), kind: 'lines', labels, series: [{ name: words('median'), values: replies.median }, { name: words('most'), values: replies.most }] }) }),
      card({
        title: words('heat'), level: 3, body: heatMap({
          title: words('byHour'), rows: hours.map((_, row) => weekdays.format(Date.UTC(2026, 10, 23 + row))), columns: hours[0].map((_, hour) => String(hour + 7)), values: hours,
        }),
      }),
      card({
        title: words('gauges'), level: 3, body: gauges([
          { label: words('asks'), words: '46 · 31 %', value: 46, max: 60 }, { label: words('seats'), words: words('five'), value: 5, max: 5, kind: 'warn' },
          { label: words('messages'), words: words('overBy'), value: 104, max: 100, kind: 'bad' },
        ]),
      }),
      card({ title: words('none'), level: 3, body: blank({ picture: 'home', title: words('nothing'), text: words('nothingText'), level: 4 }) }),
      card({ title: words('loading'), level: 3, body: bones(4) })));
}
