#!/usr/bin/env bash
# Makes the encoded fixtures of this folder: one sweep with noise, cut into `a` and `b` where no codec has a frame edge.
# Needs python3, ffmpeg 5 or later, flac and lame. The results are committed, so nobody has to run it.
set -eu
cd "$(dirname "$0")"
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
python3 - "$work" <<'P'
import math, random, struct, sys, wave
random.seed(7)
rate, total, cut = 44100, 50033, 30011
phase, frames = 0.0, []
for i in range(total):
    phase += 2 * math.pi * (220 + 1800 * i / total) / rate
    noise = 0.01 * (random.random() - 0.5)
    frames.append(struct.pack("<hh", int(12000 * math.sin(phase) + 32000 * noise), int(-9000 * math.sin(1.5 * phase) + 32000 * noise)))
for name, part in (("a", frames[:cut]), ("b", frames[cut:])):
    with wave.open(f"{sys.argv[1]}/{name}.wav", "wb") as out:
        out.setnchannels(2); out.setsampwidth(2); out.setframerate(rate)
        out.writeframes(b"".join(part))
P
enc() { ffmpeg -v error -y -fflags +bitexact -i "$work/$1.wav" -map_metadata -1 "${@:2}"; }
for half in a b; do
  enc $half -c:a libmp3lame -b:a 128k $half-cbr.mp3
  lame --quiet -V4 "$work/$half.wav" $half-vbr.mp3
  enc $half -c:a aac -aac_pns 0 -b:a 160k $half.m4a
  enc $half -c:a alac $half-alac.m4a
  enc $half -c:a libvorbis -q:a 3 -page_duration 60000 $half.ogg
  flac -s -f -5 --no-padding "$work/$half.wav" -o $half.flac
done
cp "$work/a.wav" a.wav
enc a -c:a pcm_s16be a.aiff
enc a -c:a aac -aac_pns 0 -b:a 160k -movflags +faststart a-faststart.m4a
enc a -c:a aac -aac_pns 0 -b:a 160k -movflags +frag_keyframe+delay_moov -frag_duration 200000 a-fragmented.m4a
enc a -c:a aac -aac_pns 0 -b:a 160k a.aac
enc a -c:a libmp3lame -q:a 4 -write_xing 0 -id3v2_version 0 a-headerless.mp3
ffmpeg -v error -y -fflags +bitexact -i a.ogg -i b.ogg -map 0 -map 1 -c copy -page_duration 60000 muxed.ogg
cat a.ogg b.ogg > chained.ogg
