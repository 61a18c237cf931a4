// The panel of the phone's window where the agent chooses the devices and tries them.

import {
  canChooseSpeaker, choose, chooseDevice, chosen, close, openMicrophone, present, problemText, record, watchLevel,
} from './devices.js';

const RECORD_SECONDS = 3;

export class AudioPanel {
  // `onChoice()` after a device was chosen, or came or went.
  constructor(panel, ringer, onChoice) {
    Object.assign(this, { panel, ringer, onChoice, stopLevel: null });
    this.said = panel.querySelector('#prueba');
    panel.querySelectorAll('[data-speakers]').forEach((field) => { field.hidden = !canChooseSpeaker; });
    panel.addEventListener('change', ({ target }) => this.chose(target));
    panel.addEventListener('toggle', () => (panel.open ? this.open() : this.closeLevel()));
    panel.querySelector('#probar-altavoz').addEventListener('click', () => this.trySpeaker());
    panel.querySelector('#probar-microfono').addEventListener('click', () => this.tryMicrophone());
    navigator.mediaDevices.addEventListener('devicechange', () => this.devicesMoved());
    if (panel.open) this.open(); // before this window was ready
  }

  async open() {
    await this.list();
    await this.openLevel();
  }

  async list() {
    const { microphones, speakers } = await present();
    const kept = chosen();
    this.panel.querySelectorAll('[data-choice]').forEach((select) => {
      const { choice } = select.dataset;
      const devices = choice === 'microphone' ? microphones : speakers;
      const options = [{ id: '', name: 'El predeterminado del sistema' }, ...devices];
      select.replaceChildren(...options.map(({ id, name }) => new Option(name, id, false, id === kept[choice])));
    });
    this.panel.querySelector('#limpieza').checked = kept.cleaning;
  }

  async chose(target) {
    if (target.dataset.choice) chooseDevice(target.dataset.choice, target.value, target.selectedOptions[0].text);
    if (target.id === 'limpieza') choose({ cleaning: target.checked });
    this.onChoice();
    if (this.panel.open) await this.openLevel();
  }

  async devicesMoved() {
    await (this.panel.open ? this.open() : present());
    this.onChoice();
  }

  async openLevel() {
    this.closeLevel();
    const meter = this.panel.querySelector('#nivel');
    try {
      const stream = await openMicrophone();
      const stop = watchLevel(stream, (level) => { meter.value = level; });
      this.stopLevel = () => {
        stop();
        close(stream);
      };
    } catch (error) {
      this.said.textContent = problemText(error);
    }
  }

  closeLevel() {
    this.stopLevel?.();
    this.stopLevel = null;
  }

  trySpeaker() {
    this.ringer.test(chosen().speaker);
    this.said.textContent = '¿Oyó un tono corto? Si no, elija otro altavoz.';
  }

  async tryMicrophone() {
    try {
      const stream = await openMicrophone();
      this.said.textContent = 'Hable ahora…';
      const spoken = await record(stream, RECORD_SECONDS);
      close(stream);
      await this.play(spoken);
    } catch (error) {
      this.said.textContent = problemText(error);
    }
  }

  async play(spoken) {
    const audio = new Audio(URL.createObjectURL(spoken));
    if (canChooseSpeaker) await audio.setSinkId(chosen().speaker).catch(() => {});
    this.said.textContent = 'Así lo oyen a usted.';
    audio.onended = () => URL.revokeObjectURL(audio.src);
    await audio.play();
  }
}
