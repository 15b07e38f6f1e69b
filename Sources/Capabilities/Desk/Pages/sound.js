// A sound for a new conversation in the queue; browsers play it once the person has touched the page.

import { choice, choose } from '/pages/look/base/choices.js';

let context = null;

/** Whether it sounds. */
export function isSoundOn() {
  return choice('desk.sound') !== 'off';
}

/** Turns it on or off. */
export function setSound(isOn) {
  choose('desk.sound', isOn ? null : 'off');
  if (isOn) play();
}

/** Two short notes. */
export function play() {
  if (!isSoundOn() || !navigator.userActivation?.hasBeenActive) return;
  try {
    context ??= new AudioContext();
    if (context.state === 'suspended') context.resume();
    [[660, 0], [880, 0.14]].forEach(([pitch, after]) => {
      const tone = context.createOscillator();
      const loud = context.createGain();
      const at = context.currentTime + after;
      tone.frequency.value = pitch;
      loud.gain.setValueAtTime(0, at);
      loud.gain.linearRampToValueAtTime(0.12, at + 0.02);
      loud.gain.exponentialRampToValueAtTime(0.001, at + 0.22);
      tone.connect(loud).connect(context.destination);
      tone.start(at);
      tone.stop(at + 0.25);
    });
  } catch { /* a machine without sound */ }
}
