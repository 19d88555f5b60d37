// A camera that draws a person before a wall, and a microphone that hums if told to: the same picture each time.
(() => {
  const media = navigator.mediaDevices;
  const look = (window.vclassScene = { wall: "#4a5a52", light: "#c9b48a", coat: "#2f4a6d", skin: "#d9a679", hair: "#3a2a22", ...window.vclassLook });
  const canvas = Object.assign(document.createElement("canvas"), { width: 640, height: 360 });
  const pen = canvas.getContext("2d");
  const oval = (x, y, w, h, fill) => {
    pen.fillStyle = fill;
    pen.beginPath();
    pen.ellipse(x, y, w, h, 0, 0, 7);
    pen.fill();
  };
  const draw = () => {
    const wall = pen.createLinearGradient(0, 0, 640, 360);
    wall.addColorStop(0, look.light);
    wall.addColorStop(0.55, look.wall);
    wall.addColorStop(1, look.wall);
    pen.fillStyle = wall;
    pen.fillRect(0, 0, 640, 360);
    pen.fillStyle = "#0003";
    for (const [x, h] of [[470, 60], [492, 74], [512, 66], [536, 80], [560, 58], [580, 70]]) {
      pen.fillRect(x, 150 - h, 17, h);
    }
    pen.fillRect(450, 150, 170, 8);
    oval(320, 132, 76, 88, look.hair);
    oval(320, 390, 176, 150, look.coat);
    pen.fillStyle = look.skin;
    pen.fillRect(292, 200, 56, 60);
    oval(320, 154, 58, 74, look.skin);
    oval(298, 148, 6, 5, "#2a211c");
    oval(342, 148, 6, 5, "#2a211c");
    oval(320, 190, 16, 4, "#9b5f4a");
    oval(320, 92, 62, 30, look.hair);
  };
  setInterval(draw, 100);
  const sound = (loud) => {
    const context = new AudioContext();
    const tone = context.createOscillator();
    const volume = context.createGain();
    volume.gain.value = loud ? 0.4 : 0;
    const out = context.createMediaStreamDestination();
    tone.connect(volume).connect(out);
    tone.start();
    return out.stream.getAudioTracks()[0];
  };
  media.getUserMedia = async (wish) => {
    draw();
    const tracks = wish.video ? canvas.captureStream(10).getVideoTracks() : [];
    return new MediaStream(wish.audio ? [...tracks, sound(Boolean(look.hums))] : tracks);
  };
})();
