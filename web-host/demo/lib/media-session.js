// Media keys, headphones and the system's own player display.

import { app } from "./app.js";
import { cover } from "./artwork.js";

/** Follows the player, where the browser has a media session. */
export function startMediaSession() {
  if (!("mediaSession" in navigator)) return;
  const session = navigator.mediaSession;
  const { player } = app.segue;
  /** @type {Partial<Record<MediaSessionAction, MediaSessionActionHandler>>} */
  const handlers = {
    play: () => app.tried(player.play()),
    pause: () => app.tried(player.pause()),
    stop: () => app.tried(player.pause()),
    nexttrack: () => app.tried(player.next()),
    previoustrack: () => app.tried(player.previous()),
    seekto: ({ seekTime }) => seekTime !== undefined && app.tried(player.seek(seekTime * 1000)),
    seekforward: ({ seekOffset }) => app.tried(player.seek(player.positionMs + (seekOffset ?? 10) * 1000)),
    seekbackward: ({ seekOffset }) => app.tried(player.seek(Math.max(0, player.positionMs - (seekOffset ?? 10) * 1000))),
  };
  for (const [action, handler] of Object.entries(handlers)) {
    try {
      session.setActionHandler(/** @type {MediaSessionAction} */ (action), handler);
    } catch {
      // This browser does not know the action.
    }
  }
  /** @type {number | null} */
  let shown = null;
  const update = () => {
    const { track, state, durationMs, positionMs } = player;
    session.playbackState = track === null ? "none" : state === "playing" || state === "buffering" ? "playing" : "paused";
    if (track && durationMs > 0) {
      session.setPositionState({ duration: durationMs / 1000, position: Math.min(positionMs, durationMs) / 1000 });
    }
    if ((track?.id ?? null) === shown) return;
    shown = track?.id ?? null;
    if (!track) {
      session.metadata = null;
      return;
    }
    const about = { title: track.title, artist: track.artist ?? "", album: track.album ?? "" };
    session.metadata = new MediaMetadata(about);
    if (track.artworkId === undefined) return;
    void cover(track.artworkId).then((src) => {
      if (src && shown === track.id) session.metadata = new MediaMetadata({ ...about, artwork: [{ src }] });
    });
  };
  app.segue.on("Player.State", update);
  update();
}
