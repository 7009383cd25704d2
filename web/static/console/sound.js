// The alarm's sound, made here. A browser lets a page sound only after somebody has pressed something.
const NOTES = [880, 660];
const LOUD = 0.25;

let context = null;

export function unlock(then = () => {}) {
  context ??= new AudioContext();
  if (context.state === "suspended") context.resume().then(then);
}

export function canSound() {
  return context?.state === "running";
}

// Two notes; three times when it presses most.
export function ring(times = 1) {
  if (!canSound()) return;
  for (let turn = 0; turn < times; turn += 1) {
    NOTES.forEach((pitch, place) => note(pitch, context.currentTime + turn * 0.7 + place * 0.22));
  }
}

function note(pitch, at) {
  const tone = context.createOscillator();
  const volume = context.createGain();
  tone.frequency.value = pitch;
  volume.gain.setValueAtTime(0, at);
  volume.gain.linearRampToValueAtTime(LOUD, at + 0.02);
  volume.gain.linearRampToValueAtTime(0, at + 0.2);
  tone.connect(volume).connect(context.destination);
  tone.start(at);
  tone.stop(at + 0.22);
}
