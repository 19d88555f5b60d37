/** Tells the loudness of a microphone ten times a second, 0 to 100, until the returned function is called. */
export function watchLevel(track: MediaStreamTrack, tell: (level: number) => void): () => void {
  const context = new AudioContext();
  void context.resume();
  const analyser = context.createAnalyser();
  context.createMediaStreamSource(new MediaStream([track])).connect(analyser);
  const samples = new Float32Array(analyser.fftSize);
  const timer = setInterval(() => {
    analyser.getFloatTimeDomainData(samples);
    tell(loudness(samples));
  }, 100);
  return () => {
    clearInterval(timer);
    void context.close();
  };
}

/** The effective value of samples between -1 and 1 on a scale on which -60 dB is 0 and full sound is 100. */
export function loudness(samples: Float32Array): number {
  const power = samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length;
  const decibels = 10 * Math.log10(power || 1e-12);
  return Math.max(0, Math.min(100, Math.round(((decibels + 60) / 60) * 100)));
}

/** Plays two notes, so that people hear whether their loudspeaker works. */
export async function playSample(): Promise<void> {
  const context = new AudioContext();
  const gain = context.createGain();
  gain.gain.value = 0.15;
  gain.connect(context.destination);
  for (const [index, frequency] of [523.25, 783.99].entries()) {
    const note = context.createOscillator();
    note.frequency.value = frequency;
    note.connect(gain);
    note.start(context.currentTime + index * 0.35);
    note.stop(context.currentTime + index * 0.35 + 0.3);
    await new Promise((resolve) => note.addEventListener("ended", resolve));
  }
  await context.close();
}
