#!/bin/sh
# Rebuilds the user's side of the conversation: mono s16le WAV at 16 kHz, two questions with a pause between them and after.
# Needs espeak-ng (1.51 made the committed file) and sox (14.4.2). Run from anywhere: sh make-speech.sh
set -eu
cd "$(dirname "$0")"
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

say() {
  espeak-ng -v en-gb -s 150 --stdout "$2" |
    sox -D -t wav - -r 16000 -c 1 -b 16 -e signed-integer "$scratch/$1.wav" \
      silence 1 0.01 0.5% reverse silence 1 0.01 0.5% reverse gain -n -6
}

pause() {
  sox -D -n -r 16000 -c 1 -b 16 "$scratch/$1.wav" trim 0 "$2"
}

say weather 'What is the weather in Dublin?'
say umbrella 'And do I need an umbrella tomorrow?'
pause breath 0.2
pause pause 0.9

cd "$scratch"
sox -D breath.wav weather.wav pause.wav umbrella.wav pause.wav speech.wav
# A quiet room's noise under all of it: a microphone never gives digital silence.
length=$(soxi -D speech.wav)
sox -R -D -n -r 16000 -c 1 -b 16 noise.wav synth "$length" whitenoise vol 0.002
sox -D -m -v 1 speech.wav -v 1 noise.wav -b 16 -e signed-integer mixed.wav
cd - >/dev/null
mv "$scratch/mixed.wav" weather.wav
