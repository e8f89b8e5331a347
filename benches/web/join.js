// A short recording as one that lasts: the same frames once more, as often as wanted.

/** Bit rates of MPEG-1 layer III in kb/s, and its sample rates. */
const RATES = [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320];
const SAMPLE_RATES = [44_100, 48_000, 32_000];

/** @param {Uint8Array} frames @param {number} times */
function again(frames, times) {
  const joined = new Uint8Array(frames.length * times);
  for (let time = 0; time < times; time += 1) joined.set(frames, time * frames.length);
  return joined;
}

/** The length of the MPEG frame that begins here; 0 if none does. @param {Uint8Array} file @param {number} at */
function mp3Length(file, at) {
  const [sync = 0, layer = 0, rates = 0] = file.subarray(at, at + 3);
  const rate = RATES[rates >> 4];
  const sampleRate = SAMPLE_RATES[(rates >> 2) & 3];
  if (sync !== 0xff || (layer & 0xfe) !== 0xfa || !rate || !sampleRate) return 0;
  return Math.floor((144_000 * rate) / sampleRate) + ((rates >> 1) & 1);
}

/** An MP3 file's frames without its tags, and without the first one, which says how many there are. @param {Uint8Array} file @param {number} times */
export function mp3Again(file, times) {
  let start = 0;
  if (String.fromCharCode(...file.subarray(0, 3)) === "ID3") {
    start = 10 + file.subarray(6, 10).reduce((size, byte) => size * 128 + byte, 0);
  }
  start += mp3Length(file, start);
  let end = start;
  for (let length = mp3Length(file, end); length > 0 && end + length <= file.length; length = mp3Length(file, end)) end += length;
  return again(file.subarray(start, end), times);
}

/** A file of ADTS frames, which count nothing. @param {Uint8Array} file @param {number} times */
export function aacAgain(file, times) {
  return again(file, times);
}

/** A CRC without reflection, as FLAC has two of. @param {number} bits @param {number} polynomial */
function crc(bits, polynomial) {
  const top = 1 << (bits - 1);
  const table = Array.from({ length: 256 }, (_, byte) => {
    let value = byte << (bits - 8);
    for (let bit = 0; bit < 8; bit += 1) value = value & top ? (value << 1) ^ polynomial : value << 1;
    return value & (2 * top - 1);
  });
  return (/** @type {Uint8Array} */ bytes) =>
    bytes.reduce((value, byte) => ((value << 8) ^ (table[((value >> (bits - 8)) ^ byte) & 0xff] ?? 0)) & (2 * top - 1), 0);
}

const crc8 = crc(8, 0x07);
const crc16 = crc(16, 0x8005);

/** How long a number of FLAC's kind of UTF-8 is, by its first byte. @param {number} first */
function numberLength(first) {
  const ones = Math.clz32(~(first << 24));
  return ones === 0 ? 1 : ones;
}

/** @param {number} number @returns {number[]} below 2^16: the frames of an hour */
function coded(number) {
  if (number < 0x80) return [number];
  if (number < 0x800) return [0xc0 | (number >> 6), 0x80 | (number & 0x3f)];
  return [0xe0 | (number >> 12), 0x80 | ((number >> 6) & 0x3f), 0x80 | (number & 0x3f)];
}

/** The length of a FLAC frame's header without its checksum; 0 if none begins here. @param {Uint8Array} file @param {number} at */
function flacHeader(file, at) {
  const [sync = 0, fixed = 0, kind = 0, , first = 0] = file.subarray(at, at + 5);
  if (sync !== 0xff || fixed !== 0xf8) return 0;
  const block = kind >> 4;
  const rate = kind & 15;
  const more = (block === 6 ? 1 : block === 7 ? 2 : 0) + (rate === 12 ? 1 : rate === 13 || rate === 14 ? 2 : 0);
  const length = 4 + numberLength(first) + more;
  return crc8(file.subarray(at, at + length)) === file[at + length] ? length : 0;
}

/** A FLAC file with every frame of it, except the last and shorter one, so often, counted on. @param {Uint8Array} file @param {number} times */
export function flacAgain(file, times) {
  let start = 4;
  for (let last = false; !last; ) {
    const [kind = 0, a = 0, b = 0, c = 0] = file.subarray(start, start + 4);
    last = kind >= 0x80;
    start += 4 + (a << 16) + (b << 8) + c;
  }
  /** @type {Uint8Array[]} */
  const frames = [];
  for (let at = start, from = start; at < file.length; ) {
    at += 1;
    const ends = flacHeader(file, at) > 0 && crc16(file.subarray(from, at)) === 0;
    if (!ends) continue;
    frames.push(file.subarray(from, at));
    from = at;
  }
  const block = ((file[8] ?? 0) << 8) + (file[9] ?? 0);
  const info = file.slice(0, 42);
  // The only metadata block, no sizes of frames, so many samples, no MD5.
  info[4] = 0x80;
  info.fill(0, 12, 18);
  const total = frames.length * times * block;
  info[21] = (info[21] ?? 0) & 0xf0;
  new DataView(info.buffer).setUint32(22, total);
  info.fill(0, 26, 42);
  const parts = [info];
  for (let number = 0; number < frames.length * times; number += 1) {
    const frame = /** @type {Uint8Array} */ (frames[number % frames.length]);
    const old = flacHeader(frame, 0);
    const digits = numberLength(frame[4] ?? 0);
    const header = [...frame.subarray(0, 4), ...coded(number), ...frame.subarray(4 + digits, old)];
    header.push(crc8(Uint8Array.from(header)));
    const body = frame.subarray(old + 1, frame.length - 2);
    const joined = new Uint8Array(header.length + body.length + 2);
    joined.set(header);
    joined.set(body, header.length);
    const sum = crc16(joined.subarray(0, -2));
    joined.set([sum >> 8, sum & 0xff], joined.length - 2);
    parts.push(joined);
  }
  const joined = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}
