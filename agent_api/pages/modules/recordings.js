// Recordings: the player. Nothing is fetched of the sound before somebody wants to hear it: what is fetched is written down.

import './keys.js';
import WaveSurfer from 'wavesurfer.js';

import { stopwatch } from './clocks.js';
import { ask } from './fetched.js';
import { say } from './orders.js';

const STEP_SECONDS = 10;
const WAVE_PX = 80;
const AWAY = 'La grabación no se puede escuchar ahora.';
const found = (id) => document.getElementById(id);
const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

class Player {
  constructor() {
    this.audio = found('sonido');
    this.seconds = 0;
    this.wave = null;
    this.button = null;
    for (const event of ['play', 'pause', 'ended', 'timeupdate', 'seeked']) {
      this.audio.addEventListener(event, () => this.show());
    }
    this.audio.addEventListener('error', () => this.audio.getAttribute('src') && say(AWAY, true));
    found('escuchar').addEventListener('click', () => this.toggle());
    found('atras').addEventListener('click', () => this.goTo(this.audio.currentTime - STEP_SECONDS));
    found('adelante').addEventListener('click', () => this.goTo(this.audio.currentTime + STEP_SECONDS));
    found('posicion').addEventListener('input', ({ target }) => this.goTo(Number(target.value)));
    found('velocidad').addEventListener('change', ({ target }) => (this.audio.playbackRate = Number(target.value)));
    found('cerrar').addEventListener('click', () => this.close());
  }

  async open(button) {
    const path = button.dataset.recording;
    const points = Math.max(200, Math.round(innerWidth / 3));
    const outline = await ask('GET', `${path}/peaks?points=${points}`);
    if (!outline.ok) return say(outline.detail || AWAY, true);
    this.stop();
    this.button = button;
    button.setAttribute('aria-pressed', 'true');
    this.seconds = outline.body.seconds;
    found('reproductor-titulo').textContent = button.dataset.title;
    found('posicion').max = this.seconds;
    found('reproductor').hidden = false;
    await this.draw(`${path}/sound`, outline.body.peaks);
    found('escuchar').focus();
    await this.play();
  }

  draw(url, peaks) {
    this.wave = WaveSurfer.create({
      container: document.createElement('div'),
      media: this.audio,
      url,
      peaks: [peaks],
      duration: this.seconds,
      height: WAVE_PX,
      barWidth: 2,
      barGap: 1,
      normalize: true,
      hideScrollbar: true,
      waveColor: colour('--edge'),
      progressColor: colour('--accent'),
      cursorColor: colour('--bad'),
      cursorWidth: 2,
    });
    const drawn = this.wave.getWrapper().getRootNode().host;
    adoptStyle(drawn.shadowRoot);
    found('onda').replaceChildren(drawn);
    this.audio.defaultPlaybackRate = Number(found('velocidad').value);
    return new Promise((resolve) => this.wave.once('ready', resolve));
  }

  toggle() {
    if (this.audio.paused) this.play();
    else this.audio.pause();
  }

  async play() {
    try {
      await this.audio.play();
    } catch (error) {
      if (error.name !== 'AbortError' && !this.audio.error) say(AWAY, true);
    }
  }

  goTo(second) {
    this.audio.currentTime = Math.min(Math.max(0, second), Math.max(0, this.seconds - 0.1));
    this.show();
  }

  show() {
    const place = found('posicion');
    const now = this.audio.currentTime;
    place.value = now;
    place.setAttribute('aria-valuetext', `${stopwatch(now)} de ${stopwatch(this.seconds)}`);
    found('momento').textContent = stopwatch(now);
    found('total').textContent = stopwatch(this.seconds);
    found('escuchar-que').textContent = this.audio.paused ? 'Escuchar' : 'Pausa';
  }

  stop() {
    this.audio.pause();
    this.wave?.destroy();
    this.wave = null;
    this.audio.removeAttribute('src');
    this.audio.load();
    this.button?.setAttribute('aria-pressed', 'false');
  }

  close() {
    this.stop();
    found('reproductor').hidden = true;
    this.button?.focus();
    this.button = null;
  }
}

// The drawing brings a <style> of its own, which this page's policy does not let in; a sheet that a script adopts is. It is
// put in its place before the drawing is part of the page: until then nobody looked at it.
function adoptStyle(root) {
  const style = root.querySelector('style');
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(style.textContent);
  style.remove();
  root.adoptedStyleSheets = [sheet];
}

const player = new Player();
document.addEventListener('click', (event) => {
  const button = event.target.closest?.('[data-recording]');
  if (button) player.open(button);
});
