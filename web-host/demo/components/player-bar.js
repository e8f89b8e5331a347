// <player-bar>: what plays, and the controls of it.

import { app } from "../lib/app.js";
import { h, iconButton, setAttribute, setText } from "../lib/dom.js";
import { spokenTime, time } from "../lib/format.js";
import { icon, setIcon } from "../lib/icons.js";
import { keep, kept } from "../lib/kept.js";
import { condition, hrefOf } from "../lib/route.js";
import { CoverArt } from "./cover-art.js";
import { RangeSlider } from "./range-slider.js";

export class PlayerBar extends HTMLElement {
  #cover = new CoverArt();
  #coverLink = h("a", { class: "now-cover", tabindex: -1, "aria-hidden": "true" }, this.#cover);
  #title = h("a", { class: "now-title" });
  #artist = h("a", { class: "now-artist" });
  #now = h("div", { class: "now", role: "group", "aria-label": "Now playing" });
  #playIcon = icon("play");
  #play = h(
    "button",
    {
      type: "button",
      class: "play-button",
      "aria-keyshortcuts": "Space",
      onclick: () => void app.tried(app.segue.player.toggle(), "It cannot be played"),
    },
    this.#playIcon,
  );
  #previous = iconButton("Previous track", "previous", () => void app.tried(app.segue.player.previous()));
  #next = iconButton("Next track", "next", () => void app.tried(app.segue.player.next()));
  #elapsed = h("span", { class: "clock", "aria-hidden": "true" }, "0:00");
  #end = h("span", null, "0:00");
  #endName = h("span", { class: "hidden-text" });
  #remaining = h(
    "button",
    { type: "button", class: "clock clock-end", title: "Remaining or whole time", onclick: () => this.#swapClock() },
    this.#endName,
    this.#end,
  );
  #seek = new RangeSlider();
  #volumeIcon = icon("volume");
  #mute = h(
    "button",
    { type: "button", class: "icon-button", "aria-keyshortcuts": "m", onclick: () => this.toggleMute() },
    this.#volumeIcon,
  );
  #volume = new RangeSlider();
  #locate = iconButton("Show current track", "locate", () => this.dispatchEvent(new Event("locate")), {
    class: "icon-button locate-current",
    "aria-keyshortcuts": "l",
  });
  #frame = 0;
  #whole = kept("clock") === "whole";
  /** @type {number | null | undefined} */
  #trackId;

  connectedCallback() {
    const { segue } = app;
    this.setAttribute("role", "region");
    this.setAttribute("aria-label", "Player");
    this.#seek.setAttribute("aria-label", "Position");
    this.#seek.className = "seek";
    this.#seek.step = 5000;
    this.#seek.bigStep = 30_000;
    this.#seek.valueText = (value, most) => (most > 0 ? `${spokenTime(value)} of ${spokenTime(most)}` : "Nothing plays");
    this.#seek.addEventListener("slide", () => this.#writeClock(this.#seek.value));
    this.#seek.addEventListener("choose", () => void app.tried(segue.player.seek(this.#seek.value)));
    this.#volume.setAttribute("aria-label", "Volume");
    this.#volume.className = "volume";
    this.#volume.bigStep = 20;
    this.#volume.valueText = (value) => `${Math.round(value)} percent`;
    for (const name of ["slide", "choose"]) {
      this.#volume.addEventListener(name, () => this.setVolume(this.#volume.value / 100));
    }
    this.#now.append(
      this.#coverLink,
      h("div", { class: "now-text" }, this.#title, this.#artist),
    );
    this.append(
      this.#now,
      h(
        "div",
        { class: "transport" },
        h("div", { class: "buttons" }, this.#previous, this.#play, this.#next),
        h("div", { class: "progress" }, this.#elapsed, this.#seek, this.#remaining),
      ),
      h(
        "div",
        { class: "side-controls" },
        this.#mute,
        this.#volume,
        this.#locate,
        iconButton("Queue", "queue", () => app.togglePanel("queue"), { class: "icon-button queue-toggle" }),
      ),
    );
    const volume = Number(kept("volume") ?? Number.NaN);
    if (volume >= 0 && volume <= 1) segue.player.volume = volume;
    if (kept("muted") === "yes") segue.player.muted = true;
    segue.on("Player.State", () => this.#update());
    document.addEventListener("visibilitychange", () => this.#update());
    this.#update();
  }

  toggleMute() {
    const { player } = app.segue;
    player.muted = !player.muted;
    keep("muted", player.muted ? "yes" : null);
    app.announce(player.muted ? "Muted" : "Sound on");
    this.#writeVolume();
  }

  /** @param {number} volume 0 to 1 */
  setVolume(volume) {
    const { player } = app.segue;
    player.volume = Math.max(0, Math.min(1, volume));
    if (player.volume > 0 && player.muted) player.muted = false;
    keep("volume", player.volume.toFixed(2));
    keep("muted", player.muted ? "yes" : null);
    this.#writeVolume();
  }

  #swapClock() {
    this.#whole = !this.#whole;
    keep("clock", this.#whole ? "whole" : null);
    this.#writePosition();
  }

  #update() {
    const { player } = app.segue;
    const { track, state } = player;
    const playing = state === "playing" || state === "buffering";
    this.classList.toggle("is-empty", track === null);
    this.classList.toggle("is-buffering", state === "buffering");
    setIcon(this.#playIcon, playing ? "pause" : "play");
    setAttribute(this.#play, "aria-label", playing ? "Pause" : "Play");
    setAttribute(this.#play, "title", playing ? "Pause (Space)" : "Play (Space)");
    this.#play.disabled = track === null;
    this.#next.disabled = player.queue.index >= player.queue.items.length - 1;
    this.#previous.disabled = track === null;
    this.#locate.disabled = track === null;
    if ((track?.id ?? null) !== this.#trackId) {
      this.#trackId = track?.id ?? null;
      if (track && playing) app.announce(`Playing ${track.title}${track.artist ? ` by ${track.artist}` : ""}`);
    }
    this.#writeTrack();
    this.#writeVolume();
    this.#writePosition();
    // Nothing wakes while nothing moves, or nobody can see it.
    if (playing && !document.hidden) this.#frame ||= requestAnimationFrame(this.#tick);
  }

  #tick = () => {
    this.#frame = 0;
    const { state } = app.segue.player;
    this.#writePosition();
    if ((state === "playing" || state === "buffering") && !document.hidden) {
      this.#frame = requestAnimationFrame(this.#tick);
    }
  };

  #writeTrack() {
    const { track } = app.segue.player;
    setText(this.#title, track?.title ?? "Nothing is playing");
    const artist = track?.artist ?? track?.albumArtist ?? "";
    setText(this.#artist, track ? artist : "Choose a track");
    const album = track?.albumId === undefined ? null : hrefOf({ page: "album", album: track.albumId });
    setAttribute(this.#title, "href", album);
    setAttribute(this.#coverLink, "href", album);
    const name = track?.artists?.[0] ?? artist;
    const query = name ? hrefOf({ page: "tracks", query: condition("artist", name), sort: "" }) : null;
    setAttribute(this.#artist, "href", query);
    this.#cover.show({ artworkId: track?.artworkId, title: track?.album ?? track?.title ?? "♪", seed: track?.albumId ?? 0 });
  }

  #writeVolume() {
    const { volume, muted } = app.segue.player;
    setIcon(this.#volumeIcon, muted || volume === 0 ? "muted" : volume < 0.5 ? "volume-low" : "volume");
    setAttribute(this.#mute, "aria-label", muted ? "Unmute" : "Mute");
    setAttribute(this.#mute, "title", muted ? "Unmute (M)" : "Mute (M)");
    this.#volume.set(muted ? 0 : volume * 100, 100);
  }

  #writePosition() {
    const { positionMs, durationMs } = app.segue.player;
    this.#seek.set(positionMs, durationMs, 1000);
    if (!this.#seek.dragging) this.#writeClock(positionMs);
  }

  /** @param {number} position */
  #writeClock(position) {
    const { durationMs } = app.segue.player;
    setText(this.#elapsed, time(position));
    const end = this.#whole ? time(durationMs) : `−${time(durationMs - Math.floor(position / 1000) * 1000)}`;
    setText(this.#end, durationMs > 0 ? end : "0:00");
    setText(this.#endName, this.#whole ? "Whole time " : "Remaining time ");
  }
}

customElements.define("player-bar", PlayerBar);
