// What TypeScript's own libraries do not know: the bundles, and the scope of an AudioWorklet.

declare module "*/segue_web_worker.js" {
  export default function init(options: { module_or_path: URL }): Promise<unknown>;
  export class LibraryWorker {
    static open(name: string | undefined, locale: string, page: MessagePort, folders: object): Promise<LibraryWorker>;
    readonly backend: "indexeddb" | "memory";
    readonly reason?: string;
    readonly message?: string;
    protocol(): string;
    schema(): number;
    add_host(port: BroadcastChannel): number;
    remove_host(host: number): void;
    add_pool(worker: MessagePort): number;
    replace_pool(number: number, worker?: MessagePort): void;
    set_audio(worker: MessagePort): void;
    output_failed(error: string): void;
    flush(): void;
    close(): Promise<void>;
  }
  export class Refused {
    readonly code: string;
    readonly message: string;
  }
}

declare module "*/segue_web_pool.js" {
  export default function init(options: { module_or_path: URL }): Promise<unknown>;
  export class PoolWorker {
    constructor(library: MessagePort, folders: object);
  }
}

declare module "*/segue_web_audio.js" {
  export default function init(options: { module_or_path: URL }): Promise<unknown>;
  export class AudioWorker {
    constructor(library: MessagePort, folders: object, anchor: (anchor: object) => void);
    play_into_memory(memory: SharedArrayBuffer, sampleRate: number): void;
    play_into_port(worklet: MessagePort, sampleRate: number): void;
  }
}

declare class AudioWorkletProcessor {
  readonly port: MessagePort;
}
declare function registerProcessor(name: string, processor: new (options: any) => AudioWorkletProcessor): void;

interface DataTransferItem {
  getAsFileSystemHandle?(): Promise<FileSystemHandle | null>;
}
