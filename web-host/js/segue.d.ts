// The public API of the package `segue`: a music library and player that live in the page.
//
// Times are in milliseconds, sizes in bytes, rates in Hz, unless a name says otherwise.
// Every promise of this API rejects with a `SegueError`, never with anything else.

/** Where the library is kept and where its code is. */
export interface OpenOptions {
  /** `indexeddb://NAME` (default `indexeddb://music-library`), or `memory://` for one that is gone on reload. */
  database?: string;
  /** The folder of the wasm bundles and workers. Default: beside `segue.js`. */
  base?: string | URL;
  /**
   * By which names sort: a BCP 47 tag such as `sv` or `de-AT`. Default: `navigator.language`. A library has one order for all
   * tabs, that of the tab that owns it; what another tab asks for counts once it owns the library itself.
   */
  locale?: string;
  /** Takes the library from the tab that has it. Only where a visitor said so, after `open` was rejected with `locked`. */
  takeOver?: boolean;
}

/** Why the library is not stored, or only read. */
export type StorageReason =
  /** This browser, or this private window, has no IndexedDB. */
  | "unavailable"
  /** The disk or the site's quota is full: everything works, nothing new is kept. */
  | "quota"
  /** Another tab owns the library. */
  | "locked"
  /** The library was written by a newer version; it is left untouched. */
  | "newer"
  /** Damaged pages were set aside and are being read again. */
  | "damaged";

/** How the library is kept. */
export interface StorageInfo {
  readonly kind: "indexeddb" | "memory";
  /** Whether the browser promised not to evict it. */
  readonly persisted: boolean;
  /** Whether edits are refused. */
  readonly readOnly: boolean;
  readonly reason?: StorageReason;
  /** One sentence for the listener, when something is not as it should be. */
  readonly message?: string;
}

/** MusicBrainz ids, as the tags give them. */
export interface MusicBrainzIds {
  recording?: string;
  track?: string;
  release?: string;
  releaseGroup?: string;
  artists?: string[];
  albumArtists?: string[];
}

/** One track. What is not known is absent. */
export interface Track {
  id: number;
  title: string;
  artists?: string[];
  /** The artists as credited, in one string. */
  artist?: string;
  album?: string;
  albumId?: number;
  albumArtists?: string[];
  albumArtist?: string;
  track?: number;
  trackTotal?: number;
  disc?: number;
  discTotal?: number;
  /** As tagged: `1977`, `1977-10` or `1977-10-14`. */
  date?: string;
  year?: number;
  genres?: string[];
  durationMs?: number;
  /** `mp3`, `flac`, `vorbis`, `opus`, `aac`, `alac`, `pcm`, … */
  codec?: string;
  /** Hz. */
  sampleRate?: number;
  channels?: number;
  bitsPerSample?: number;
  /** Bits a second. */
  bitrate?: number;
  /** Below the provider's root. */
  path?: string;
  /** One to five stars; absent when unrated. */
  rating?: number;
  plays?: number;
  /** Times that the listener went on before it counted as a play. */
  skips?: number;
  /** When it last counted, in milliseconds since 1970. */
  lastPlayed?: number;
  compilation?: boolean;
  /** For {@link Segue.artwork}. */
  artworkId?: number;
  musicbrainz?: MusicBrainzIds;
}

/** One album. */
export interface Album {
  id: number;
  title: string;
  albumArtist?: string;
  year?: number;
  trackCount: number;
  durationMs: number;
  artworkId?: number;
  /** A CSS colour, the dominant one of the artwork. */
  placeholderColor?: string;
}

/** Conditions that all must hold; what is absent does not matter. */
export interface TrackFilter {
  /** In the query language: `artist:queen year:1975..1980 -live`. */
  query?: string;
  /** Only the tracks of this album: `albumid:` in the query language. */
  albumId?: number;
  /** As after `sort:` in the query language: `-year,album,disc,track`, or `relevance`, the default where there are words. */
  sort?: string;
}

/** What a view shows: a query, or one with further conditions. */
export interface ViewQuery extends TrackFilter {
  /** No more than the first so many rows, as of a smart playlist. */
  limit?: number;
}

/** A field whose distinct values can be counted. */
export type FacetField = "artist" | "albumArtist" | "album" | "genre" | "decade" | "year" | "codec" | "folder";

export interface FacetOptions {
  /** `count` (default): what most tracks have comes first. `name`: by name, or the name to sort by. */
  order?: "count" | "name";
}

/** A distinct value of a field. */
export interface Facet {
  /** As it was first met: spellings that differ in case or diacritics count as one. Of a decade `1970s`. */
  value: string;
  /** Of an album. */
  id?: number;
  /** How many tracks have it. */
  count: number;
  /** Of an artist or album artist: on how many albums those tracks are. */
  albums?: number;
}

/** An artist, counted. The albums of one: ``albums(query().is("albumartist", artist.name))``. */
export interface Artist {
  name: string;
  tracks: number;
  albums: number;
}

/** A number, a range, or what would stand behind the colon, such as `">=4"`. */
export type NumberValue = number | string | { from?: number; to?: number };

/**
 * A query that is built in code; `String(query)` is its text. Fields and values are those of the query language.
 * Each call gives a new query. One number means that number, two mean a range, `undefined` leaves it open.
 */
export interface Query {
  word(text: string): Query;
  /** Whole words, one after the other. */
  phrase(text: string): Query;
  title(text: string): Query;
  artist(text: string): Query;
  albumArtist(text: string): Query;
  album(text: string): Query;
  genre(text: string): Query;
  codec(name: string): Query;
  path(part: string): Query;
  folder(part: string): Query;
  provider(nameOrNumber: string | number): Query;
  file(state: "present" | "missing" | "unreadable"): Query;
  has(what: string): Query;
  missing(what: string): Query;
  year(from?: NumberValue, to?: number): Query;
  rating(from?: NumberValue, to?: number): Query;
  plays(from?: NumberValue, to?: number): Query;
  skips(from?: NumberValue, to?: number): Query;
  track(from?: NumberValue, to?: number): Query;
  disc(from?: NumberValue, to?: number): Query;
  /** In seconds. */
  duration(from?: NumberValue, to?: number): Query;
  sampleRate(from?: NumberValue, to?: number): Query;
  bitrate(from?: NumberValue, to?: number): Query;
  channels(from?: NumberValue, to?: number): Query;
  bitsPerSample(from?: NumberValue, to?: number): Query;
  /** In LUFS. */
  loudness(from?: NumberValue, to?: number): Query;
  /** An age or a date: `"<30d"`, `"2024-05"`, `"2023..2024"`. */
  added(time: string): Query;
  /** As `added`, or `"never"`. */
  lastPlayed(time: string): Query;
  date(time: string): Query;
  originalDate(time: string): Query;
  compilation(yes?: boolean): Query;
  /** The whole value of a field, whatever its case and diacritics. */
  is(field: string, value: string): Query;
  /** The whole value of a field, to the letter. */
  isExactly(field: string, value: string): Query;
  /** A regular expression of the query language: no look-around, no references back. Flags are not looked at. */
  matches(field: string, pattern: RegExp | string): Query;
  /** Any field, with what would stand behind the colon. */
  where(field: string, value: string | number): Query;
  range(field: string, from?: NumberValue, to?: number): Query;
  not(build: (query: Query) => Query): Query;
  either(...sides: ((query: Query) => Query)[]): Query;
  /** `"year"`, or `"-year"` from the highest down. `"relevance"`, the best first, stands before all others. */
  sort(...fields: string[]): Query;
  toString(): string;
}

/** Begins a query that lets everything through. */
export function query(): Query;

/** A part of a result: rows `offset` to `offset + limit`. */
export interface Window {
  offset: number;
  limit: number;
}

/** What is wrong with a query. */
export interface QueryError {
  message: string;
  /** Where it begins, in code points from 0. */
  column?: number;
  /** What could have stood there. */
  expected?: string;
}

/**
 * A live part of a query's result. Dispatches `change` whenever the total, the rows or the error differ.
 *
 * `rows[0]` is row `offset` of the result. After `setWindow` both keep their old values, which
 * still are true, until the new rows arrive.
 */
export interface View<Row = Track> extends EventTarget {
  /** Whether the first answer has come. Until then `total` is 0 and says nothing. */
  readonly ready: boolean;
  /** Rows of the whole result. */
  readonly total: number;
  readonly offset: number;
  readonly rows: readonly Row[];
  readonly query: string;
  /** The query is wrong; rows and total are those of the last one that was right. */
  readonly error?: QueryError;
  onchange: ((view: View<Row>) => void) | null;
  setWindow(offset: number, limit: number): void;
  setQuery(query: string | ViewQuery | Query): void;
  /**
   * The place of a row in the whole result, by the id of its track or album; -1 if it is not in it. Costs the same
   * however far down it stands.
   */
  indexOf(id: number): Promise<number>;
  /** Keeps {@link followed} true for a row from now on; `null` for none. */
  follow(id: number | null): void;
  /** The place of the row that is followed, wherever the window is; undefined if it is not in the result. */
  readonly followed?: number;
  close(): void;
}

/** A live part of the list of albums. */
export type AlbumView = View<Album>;

/** Where music comes from. */
export interface Provider {
  id: number;
  /** Files over HTTP; a folder whose handle is kept; files that last until the page closes. */
  kind: "http" | "folder" | "files";
  name: string;
  /** `prompt`: call {@link Segue.restoreAccess} in a click. */
  access: "granted" | "prompt" | "denied";
  /** The job that is at work on it, or was last. */
  job?: number;
}

/** A file that could not be read, and why. */
export interface FileFailure {
  path: string;
  error: string;
}

/** One synchronisation of one provider. Counts are files unless said otherwise. */
export interface Job {
  id: number;
  provider: number;
  state: "queued" | "running" | "paused" | "done" | "failed" | "cancelled";
  /** Why it is paused or failed. */
  reason?: string;
  listed: number;
  read: number;
  added: number;
  changed: number;
  missing: number;
  failed: number;
  /** Files to read, once the listing is complete. */
  total?: number;
  bytes: number;
  /** The first thousand. */
  failures: FileFailure[];
  /** Expected to be done in so many milliseconds. */
  etaMs?: number;
}

/** What is played next. Changes are announced by `Player.State`. */
export interface Queue {
  readonly items: readonly Track[];
  /** The current item, -1 in an empty queue. */
  readonly index: number;
  append(ids: readonly number[]): Promise<void>;
  insert(ids: readonly number[], at: number): Promise<void>;
  remove(at: number): Promise<void>;
  move(from: number, to: number): Promise<void>;
  /** Removes everything but the track that is playing. */
  clear(): Promise<void>;
}

/** What to play. Without any: go on. With `start` alone: that item of the present queue. */
export interface PlayRequest {
  /** The queue becomes the result of this query. */
  query?: string | TrackFilter | Query;
  /** The queue becomes these tracks. */
  tracks?: readonly number[];
  /** The item to begin with. Default 0. */
  start?: number;
}

/** How the sound reaches the ear. */
export interface PlayerStats {
  /** Frames of silence that had to be played because the ring was empty. */
  readonly underrunFrames: number;
  readonly underrunEvents: number;
  /** Sound decoded and not yet heard. */
  readonly bufferedMs: number;
  /** Whether the ring is shared memory, not messages. */
  readonly shared: boolean;
}

/** Plays the queue. */
export interface Player {
  play(what?: PlayRequest): Promise<void>;
  pause(): Promise<void>;
  toggle(): Promise<void>;
  seek(ms: number): Promise<void>;
  next(): Promise<void>;
  previous(): Promise<void>;
  readonly queue: Queue;
  /** 0 to 1. */
  volume: number;
  muted: boolean;
  readonly state: "stopped" | "playing" | "paused" | "buffering";
  readonly track: Track | null;
  /** From the audio clock; cheap enough to read in every frame. */
  readonly positionMs: number;
  readonly durationMs: number;
  readonly stats: PlayerStats;
}

/** What `Player.State` tells. */
export interface PlayerState {
  state: Player["state"];
  trackId: number | null;
  positionMs: number;
  durationMs: number;
}

/** Something went wrong that no call asked for. */
export interface ErrorReport {
  /**
   * As in {@link SegueError}. `restarted`: a part of the engine crashed and was started again from what is stored.
   * `fatal`: it could not be started again. `superseded`: the library went on to a newer version of the page in another
   * tab. `blocked`: a tab with an older version keeps it from being opened. `soundBlocked`: the tab that plays waits for a
   * click there.
   */
  code: string;
  message: string;
  /** The track or file it is about. */
  track?: number;
  path?: string;
}

/** One time that a track was heard. */
export interface Listen {
  /** When it began, in milliseconds since 1970. */
  at: number;
  /** The id of the track, which may be gone. */
  track: number;
  heardMs: number;
  /** Whether it counted as a play: half of the track or four minutes, whichever comes first. */
  counted: boolean;
  /** The track, if it is still there. */
  row?: Track;
}

/** A playlist, without what is in it. */
export interface PlaylistInfo {
  id: number;
  name: string;
  /** A smart one holds what its query finds at the time. */
  kind: "ordinary" | "smart";
  /** Another number whenever the entries are others: ask for them again. */
  version: number;
  entries: number;
  /** Entries for which the library has no track. */
  unmatched: number;
  /** Zero for a smart one. */
  durationMs: number;
  /** In milliseconds since 1970. */
  created: number;
  changed: number;
  /** Of a smart one: `segue.view({ query, limit }, window)` is live. */
  query?: string;
  limit?: number;
}

/** One place in a playlist. A track may stand in several. */
export interface PlaylistEntry {
  /** Names the place, wherever it moves; zero in a smart playlist. */
  entry: number;
  track?: number;
  /** The track, if the library has it. */
  row?: Track;
  /** Of an entry without a track: as the file that it came from has it. */
  path?: string;
  title?: string;
}

/**
 * Edits and windows of one playlist. Entries are named by their ids and not by their places, so that an edit means
 * the same whatever others did meanwhile.
 */
export interface Playlist {
  readonly id: number;
  entries(
    window?: Partial<Window>,
  ): Promise<{ version: number; total: number; entries: PlaylistEntry[] }>;
  add(tracks: readonly number[]): Promise<void>;
  /** Before an entry; without one, at the end. */
  insert(tracks: readonly number[], before?: number): Promise<void>;
  /** Puts in what the query finds now. */
  addQuery(query: string, before?: number): Promise<void>;
  /** Moves entries, in the order given, to before another; without one, to the end. */
  move(entries: readonly number[], before?: number): Promise<void>;
  remove(entries: readonly number[]): Promise<void>;
  rename(name: string): Promise<void>;
  /** Of a smart playlist. */
  setQuery(query: string, limit?: number): Promise<void>;
  delete(): Promise<void>;
  /** Takes the last edit back, also a deletion; once more, makes it again. Lasts until the library is closed. */
  undo(): Promise<void>;
  /** Replaces the queue by it and plays, from this place on. */
  play(start?: number): Promise<void>;
  /** As an M3U8 file. */
  export(): Promise<Blob>;
}

/** What came of a playlist file. Entries that were not found are kept, and looked for after every sync. */
export interface PlaylistImport {
  playlist: number;
  matched: number;
  unmatched: { line: number; path: string }[];
}

/** How something that takes long is watched and ended. */
export interface LongOptions {
  /** Hears how far it is, from 0 to 1. */
  onProgress?: (part: number) => void;
  /** Ends it: the promise rejects with `cancelled`, unless it was done already. */
  signal?: AbortSignal;
}

/** What says that two tracks are the same, the surest first. */
export type Rung = "path" | "audioHash" | "recording" | "tags";

/** What came of merging a file of {@link Segue.exportUserData}. */
export interface UserDataReport {
  /** Tracks of the file that were found, by what they were found. */
  matched: Record<Rung, number>;
  unmatched: number;
  /** The first thousand of those. */
  unmatchedNames: string[];
  ratings: number;
  /** Ratings that stayed, though the file has others. */
  ratingsKept: number;
  /** Tracks whose counts changed. */
  stats: number;
  playlists: number;
  playlistsChanged: number;
  listens: number;
  listensUnmatched: number;
}

/** Tracks that are the same recording. */
export interface DuplicateGroup {
  /** The least sure of what brought them together. */
  rung: Rung;
  tracks: Track[];
}

/**
 * What this tab is to the library. One of all tabs owns it: it reads, stores, and the sound is its. The others follow: they
 * show the same and ask it for everything. `none`: no library answers at the moment.
 */
export type Role = "owner" | "follower" | "none";

/** Events and what their listeners get. */
export interface SegueEvents {
  /** A job went on. At most ten a second. */
  "Sync.Progress": Job;
  /** A job is done, failed or cancelled. */
  "Sync.Complete": Job;
  /** New tracks can be found. */
  "Sync.TracksAdded": { provider: number; count: number };
  /** Tracks changed. */
  "Metadata.Updated": { tracks: number[] };
  /** State, track, duration, queue, volume or muted changed, or the position jumped. */
  "Player.State": PlayerState;
  "Storage.State": StorageInfo;
  /** Another tab owns the library now, or this one; or the owner stopped answering: offer {@link Segue.takeOver}. */
  "Library.Owner": { role: Role; answers: boolean };
  Error: ErrorReport;
  Jobs: Job[];
  Providers: Provider[];
  Playlists: PlaylistInfo[];
}

/** A library and its player. */
export class Segue {
  /**
   * Opens a library, or makes an empty one.
   *
   * Resolves when its providers, jobs and player are known. A view shows at once what it showed when the library was
   * last open; whatever else is asked is answered when everything is loaded.
   *
   * Rejects with the code `unsupported` (no WebAssembly, no workers), `load` (a bundle cannot be fetched),
   * `locked` (another tab owns the library and does not answer), `blocked` (another tab keeps its database from being
   * opened) or `newer` (written by a newer version).
   */
  static open(options?: OpenOptions): Promise<Segue>;

  private constructor();

  readonly storage: StorageInfo;
  /** By which names sort now: what the tab that owns the library asked for. */
  readonly locale: string;
  readonly player: Player;
  readonly role: Role;
  /**
   * Takes the library from a tab that does not answer; `Library.Owner` says when it is done. What that tab had not stored is
   * lost. Only where a visitor said so.
   */
  takeOver(): void;

  queryTracks(
    filter: string | TrackFilter | Query,
    options?: Partial<Window>,
  ): Promise<{ total: number; tracks: Track[] }>;
  /** How many tracks of the answer have each value of a field: a track with three artists counts for each. */
  facets(
    query: string | TrackFilter | Query,
    field: FacetField,
    options?: Partial<Window> & FacetOptions,
  ): Promise<{ total: number; rows: Facet[] }>;
  /** The artists of the tracks that answer, by name. Those of the albums, if `of` says so. */
  artists(
    query?: string | TrackFilter | Query,
    options?: Partial<Window> & FacetOptions & { of?: "artist" | "albumArtist" },
  ): Promise<{ total: number; artists: Artist[] }>;
  getTrack(id: number): Promise<Track | null>;
  view(query: string | ViewQuery | Query, window: Window): View;
  albums(query?: string | ViewQuery | Query, window?: Window): AlbumView;
  /** The picture as it stands in the file, or a small one (default). */
  artwork(id: number, size?: "thumb" | "original"): Promise<Blob | null>;

  /**
   * Adds a folder of this computer; it is read in place. Hand over `DataTransfer.items` within the `drop` event:
   * the list is empty afterwards.
   */
  addFolder(
    source: FileSystemDirectoryHandle | FileList | File[] | DataTransferItemList,
  ): Promise<Provider>;
  /** Adds a folder that a server lists and serves with `Range`. One with the same address is not added twice. */
  addHttpFolder(url: string | URL): Promise<Provider>;
  providers(): Provider[];
  /** Asks for permission to read a kept folder again. Only within a click or key press. */
  restoreAccess(provider: number): Promise<boolean>;

  /** Without a provider: all of them, and the first of their jobs is returned. */
  startSync(provider?: number): Promise<Job>;
  pauseSync(job: number): Promise<void>;
  resumeSync(job: number): Promise<void>;
  cancelSync(job: number): Promise<void>;
  jobs(): Job[];

  /** Zero stars: unrated. Resolves when it is stored, as every edit of what the visitor makes. */
  rate(track: number, stars: number): Promise<void>;

  playlists(): PlaylistInfo[];
  playlist(id: number): Playlist;
  /** With a query: a smart one. */
  createPlaylist(name: string, smart?: { query?: string; limit?: number }): Promise<Playlist>;
  /** Makes a playlist of an M3U or M3U8 file. */
  importPlaylist(
    source: string | Blob | ArrayBuffer | Uint8Array,
    name?: string,
  ): Promise<PlaylistImport>;

  /** Everything that the listener made, as one JSON file: `systems/EXPORT.md`. */
  exportUserData(options?: LongOptions): Promise<Blob>;
  /** Merges such a file. Twice is once. What was merged when it is cancelled stays. */
  importUserData(source: string | Blob | ArrayBuffer | Uint8Array, options?: LongOptions): Promise<UserDataReport>;

  /** Groups of tracks that are the same recording. */
  duplicates(options?: Partial<Window> & { signal?: AbortSignal }): Promise<{ total: number; groups: DuplicateGroup[] }>;

  /** What was heard, the newest first. */
  history(options?: Partial<Window>): Promise<{ total: number; listens: Listen[] }>;

  /** Returns what ends the subscription. */
  on<Name extends keyof SegueEvents>(
    event: Name,
    listener: (detail: SegueEvents[Name]) => void,
  ): () => void;

  /** Stores what is not stored yet and ends all workers. */
  close(): Promise<void>;
}

/** Why a request failed. */
export class SegueError extends Error {
  constructor(code: string, message: string);
  /**
   * Stable, for programs; the message is for people. `interrupted`: the tab that owned the library ended meanwhile, and nobody
   * knows whether this was done.
   */
  readonly code: string;
  /** With the code `query`: where the query is wrong, in code points from 0. */
  readonly column?: number;
  /** With the code `query`: what could have stood there. */
  readonly expected?: string;
}
