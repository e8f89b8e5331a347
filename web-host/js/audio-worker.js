// The audio worker: decodes into the ring.

import init, { AudioWorker } from "./audio/segue_web_audio.js";
import { Folders } from "./folders.js";
import { serve } from "./worker-boot.js";

const folders = new Folders();
/** @type {AudioWorker | undefined} */
let player;

serve(init({ module_or_path: new URL("audio/segue_web_audio_bg.wasm", import.meta.url) }), (message) => {
  if (message.folder) folders.add(message.folder.key, message.folder.folder);
  if (message.library) {
    player = new AudioWorker(message.library, folders, (/** @type {object} */ anchor) => self.postMessage({ anchor }));
  }
  if (message.memory) player?.play_into_memory(message.memory, message.sampleRate);
  if (message.worklet) player?.play_into_port(message.worklet, message.sampleRate);
});
