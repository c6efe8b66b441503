// The deck: a slide is set smaller until it fits, then reveal.js shows the slides, and keys lead on wherever the focus is.
const WIDTH = 1280;
const HEIGHT = 720;
const HEIGHTS = Array.from({ length: 53 }, (_, k) => 580 - 4 * k); // of a picture at most, before the type is set smaller
const SIZES = Array.from({ length: 17 }, (_, k) => 1.4 - 0.05 * k); // of the type, which the tests keep above 24 pixels
const PICTURE = "img, figure"; // beside one, words are no larger than usual
const LEAD = 0.35; // of the room that is left, what lies above the words

const wide = (part) => part.scrollWidth > part.clientWidth + 1 && part.clientWidth > 0;
const fits = (slide) =>
  slide.scrollHeight <= HEIGHT && slide.scrollWidth <= WIDTH && ![...slide.querySelectorAll(".block")].some(wide);

// Whether a line of code or output has no room: it is broken only where no smaller type helps.
const breaks = (pre) => {
  const high = pre.offsetHeight;
  pre.style.whiteSpace = "pre";
  const whole = pre.offsetHeight;
  pre.style.whiteSpace = "";
  return high > whole;
};

// Set a slide in the largest type in which it fits, with pictures as high as may be, and words alone not at the top.
const layOut = (slide) => {
  const picture = slide.querySelector(PICTURE);
  const lines = [...slide.querySelectorAll("pre")];
  SIZES.filter((size) => size <= 1 || !picture).some((size) => {
    slide.style.fontSize = `${size}em`;
    return HEIGHTS.some((height) => {
      slide.style.setProperty("--picture-height", `${height}px`);
      return fits(slide) && (size <= 1 || !lines.some(breaks));
    });
  });
  if (!picture) slide.style.setProperty("--lead", `${LEAD * (HEIGHT - slide.getBoundingClientRect().height)}px`);
};

// The control that has the focus, also inside an explorer.
const focused = () => {
  let node = document.activeElement;
  while (node?.shadowRoot?.activeElement) node = node.shadowRoot.activeElement;
  return node;
};

// Starts what plays on this slide, or stops it; false where nothing does.
const play = () => {
  const hosts = [...Reveal.getCurrentSlide().querySelectorAll("[data-lm-suppress-shortcuts]")];
  const buttons = hosts.map(({ shadowRoot }) => shadowRoot.querySelector("[aria-label^='Play:'], [aria-label^='Stop:']"));
  const button = buttons.find((it) => it);
  button?.click();
  return Boolean(button);
};

// T plays. A slider keeps the arrow keys; the keys of a clicker lead on, and Escape gives all keys back to the slides.
window.addEventListener(
  "keydown",
  (event) => {
    if (document.querySelector("dialog[open]")) return event.stopImmediatePropagation(); // the dialog has its own
    const control = event.composedPath()[0].closest?.("input, select, textarea, button, summary, [role=slider]");
    const typing = control?.matches("input:not([type=range]), select, textarea");
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (!typing && event.key.toLowerCase() === "t" && play()) return event.stopImmediatePropagation();
    if (!control) return;
    const leads = event.key === " " && control.matches("input[type=range], [role=slider]");
    if (event.key === "Escape") control.blur();
    else if (event.key === "PageDown" || (leads && !event.shiftKey)) Reveal.next();
    else if (event.key === "PageUp" || leads) Reveal.prev();
    else return;
    event.preventDefault();
    event.stopImmediatePropagation();
  },
  true,
);

window.addEventListener("load", async () => {
  const { ready, keyboard } = globalThis.LECTURE ?? { ready: wakeAll, keyboard: {} };
  await MathJax.startup.promise;
  await document.fonts.ready;
  await ready(); // the explorers live
  // Slides are measured as they will be shown, one under the other.
  document.body.classList.add("measuring");
  document.querySelectorAll(".slides > section").forEach(layOut);
  document.body.classList.remove("measuring");
  await Reveal.initialize({
    width: WIDTH,
    height: HEIGHT,
    margin: 0.02,
    center: false,
    hash: true,
    slideNumber: "c/t",
    transition: "none",
    navigationMode: "linear",
    keyboard,
    plugins: [RevealNotes],
  });
  Reveal.on("slidechanged", () => focused()?.blur());
  document.body.classList.add("ready");
});
