// The lecture: the Python that serves the slides draws the explorers (tools/lecture.py). What one page moves, all pages
// show: the wall, and the view of the speaker. Escape leaves, after a question.
const ENDED =
  "Python does not answer, so the picture stays as it is. Do not reload this page: start the lecture again, and it moves again.";
const SLOW = "Waits for Python. If it takes long, look at the terminal in which the lecture was started.";
const AGAIN = 1000; // milliseconds until the page looks for Python again
const views = []; // of each explorer, as many as slides show it
const asked = new Map();
const page = Math.random().toString(36).slice(2);
let socket = null;
let number = 0;
let ended = false; // by the speaker

const ask = (figure, at, by) =>
  new Promise((resolve, reject) => {
    if (socket.readyState !== WebSocket.OPEN) return reject(new Error(ENDED));
    const n = `${page}-${++number}`;
    asked.set(n, { resolve, reject, by });
    socket.send(JSON.stringify({ n, figure, at }));
  });

// All pictures as Python has them; after a new start of Python they are built anew.
const build = (figures) =>
  figures.forEach(({ spec, patch }, k) => {
    const places = document.querySelectorAll(`figure.explorer[data-figure="${k}"]`);
    views[k]?.forEach((view) => view.close());
    views[k] = [...places].map((place, by) => figure(place, spec, (at) => ask(k, at, by), SLOW));
    views[k].forEach((view) => view.heard(patch));
  });

// Promises that the pictures are there, or that Python is gone.
const connect = () =>
  new Promise((done) => {
    socket = new WebSocket(`ws://${location.host}/live/${location.pathname.split("/").at(-1)}`);
    socket.addEventListener("message", ({ data }) => {
      const { figures, figure, n, patch } = JSON.parse(data);
      if (figures) {
        build(figures);
        done();
        return;
      }
      const { resolve, by } = asked.get(n) ?? {};
      resolve?.(patch);
      asked.delete(n);
      views[figure].filter((view, k) => k !== by).forEach((view) => view.heard(patch));
    });
    socket.addEventListener("close", () => {
      if (ended) return;
      for (const { reject } of asked.values()) reject(new Error(ENDED));
      asked.clear();
      views.flat().forEach((view) => view.tell(ENDED));
      setTimeout(connect, AGAIN);
      done();
    });
  });

const leaving = document.querySelector("dialog.leave");
leaving.addEventListener("close", () => {
  if (leaving.returnValue !== "leave") return;
  ended = true;
  if (socket.readyState === WebSocket.OPEN) socket.send(JSON.stringify({ leave: true }));
  document.body.replaceChildren("The lecture has ended. Close this page.");
});
const leave = () => {
  leaving.returnValue = "stay";
  leaving.showModal();
};

globalThis.LECTURE = { ready: connect, keyboard: { 27: leave } };
