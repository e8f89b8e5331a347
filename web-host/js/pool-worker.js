// A worker of the pool: reads tags and makes thumbnails.

import init, { PoolWorker } from "./pool/segue_web_pool.js";
import { Folders } from "./folders.js";
import { serve } from "./worker-boot.js";

const folders = new Folders();

serve(init({ module_or_path: new URL("pool/segue_web_pool_bg.wasm", import.meta.url) }), (message) => {
  if (message.folder) folders.add(message.folder.key, message.folder.folder);
  if (message.library) new PoolWorker(message.library, folders);
});
