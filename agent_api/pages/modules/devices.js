// Which microphone and loudspeakers the phone uses. The choice is kept in this browser.

const KEPT = 'troncal-audio';
// Off only where a person says so: the browser's own cleaning of the sound is good for speech.
const CLEANING = { echoCancellation: true, noiseSuppression: true, autoGainControl: true };

export const canChooseSpeaker = 'setSinkId' in HTMLMediaElement.prototype;

// {microphone, speaker, ringer, cleaning, names}: ids of devices, '' for the system's own, and what they are called.
export function chosen() {
  const none = { microphone: '', speaker: '', ringer: '', cleaning: true, names: {} };
  try {
    return { ...none, ...JSON.parse(localStorage.getItem(KEPT)) };
  } catch {
    return none;
  }
}

export function choose(changes) {
  localStorage.setItem(KEPT, JSON.stringify({ ...chosen(), ...changes }));
}

// `which`: microphone, speaker or ringer.
export function chooseDevice(which, id, name) {
  choose({ [which]: id, names: { ...chosen().names, [which]: name } });
}

// The same headset has another id in another socket, or where the browser was cleaned: it is known by its name.
function recognise({ microphones, speakers }) {
  const kept = chosen();
  for (const [which, name] of Object.entries(kept.names)) {
    const devices = which === 'microphone' ? microphones : speakers;
    const same = devices.find((each) => each.name === name);
    if (kept[which] && same && !devices.some((each) => each.id === kept[which])) choose({ [which]: same.id });
  }
}

// The sound of the chosen microphone; of another where that one is gone. Raises what getUserMedia does.
export function openMicrophone() {
  const { microphone, cleaning } = chosen();
  const wanted = cleaning ? CLEANING : Object.fromEntries(Object.keys(CLEANING).map((name) => [name, false]));
  const device = microphone ? { deviceId: { ideal: microphone } } : {};
  return navigator.mediaDevices.getUserMedia({ audio: { ...wanted, ...device } });
}

// Ask for the microphone ahead of the first call, so that no question of the browser's stands in its way. `whileOpen`: what
// a browser allows only a page that listens, or that the person has touched.
export async function mayUseMicrophone(whileOpen) {
  const stream = await openMicrophone();
  try {
    await present();
    await whileOpen();
  } finally {
    close(stream);
  }
}

export function close(stream) {
  stream?.getTracks().forEach((track) => track.stop());
}

// {microphones, speakers}: [{id, name}]. The names are there once the page may listen.
export async function present() {
  const all = await navigator.mediaDevices.enumerateDevices();
  const of = (kind, word) => all
    .filter((each) => each.kind === kind && each.deviceId && each.deviceId !== 'default')
    .map((each, place) => ({ id: each.deviceId, name: each.label || `${word} ${place + 1}` }));
  const found = { microphones: of('audioinput', 'Micrófono'), speakers: of('audiooutput', 'Altavoz') };
  recognise(found);
  return found;
}

export async function send(element, deviceId) {
  if (canChooseSpeaker) await element.setSinkId(deviceId ?? '').catch(() => element.setSinkId(''));
}

const PROBLEMS = {
  NotAllowedError: 'El navegador no permite usar el micrófono. Permítalo con el ícono junto a la dirección y recargue esta ventana.',
  NotFoundError: 'No hay ningún micrófono conectado. Conecte los auriculares y vuelva a intentar.',
  NotReadableError: 'Otro programa está usando el micrófono. Ciérrelo y vuelva a intentar.',
};

export function problemText(error) {
  return PROBLEMS[error?.name] ?? `No se pudo usar el micrófono (${error?.name ?? 'error'}).`;
}

// How loud a microphone is, 0 to 1, about twenty times a second, until the returned function is called.
export function watchLevel(stream, onLevel) {
  const context = new AudioContext();
  const meter = new AnalyserNode(context, { fftSize: 1024 });
  const samples = new Float32Array(meter.fftSize);
  context.createMediaStreamSource(stream).connect(meter);
  const timer = setInterval(() => {
    meter.getFloatTimeDomainData(samples);
    const power = samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length;
    onLevel(Math.min(1, Math.sqrt(power) * 3));
  }, 50);
  return () => {
    clearInterval(timer);
    context.close();
  };
}

// A few seconds of a microphone as something that can be played. `seconds`: how many.
export function record(stream, seconds) {
  const recorder = new MediaRecorder(stream);
  const pieces = [];
  recorder.ondataavailable = ({ data }) => pieces.push(data);
  return new Promise((resolve) => {
    recorder.onstop = () => resolve(new Blob(pieces, { type: recorder.mimeType }));
    recorder.start();
    setTimeout(() => recorder.stop(), seconds * 1000);
  });
}
