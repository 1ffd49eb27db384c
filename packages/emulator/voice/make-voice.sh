#!/bin/sh
# Rebuilds the recordings that the emulated model speaks with: mono s16le WAV at 24 kHz, silence trimmed at both ends.
# Needs espeak-ng (1.51 made the committed files) and sox (14.4.2). Run from anywhere: sh make-voice.sh
set -eu
cd "$(dirname "$0")"

record() {
  espeak-ng -v en-gb -s 175 --stdout "$2" |
    sox -D -t wav - -r 24000 -c 1 -b 16 -e signed-integer "$1" silence 1 0.01 0.5% reverse silence 1 0.01 0.5% reverse
}

# src/voice.ts repeats these sentences, by which it finds the recordings.
record weather.wav 'It is twelve degrees in Dublin, with light rain.'
record umbrella.wav 'Yes, take an umbrella.'
