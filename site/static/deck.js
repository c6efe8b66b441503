// The deck: what does not fit on a slide goes on below it, then reveal.js shows the slides.
const WIDTH = 1280;
const HEIGHT = 720;
// A slide is set this much smaller, in steps, before it is cut in two.
const SMALLER = [1, 0.95, 0.9, 0.85, 0.8];
// What cannot be cut, one block, may be set smaller still.
const SMALLEST = [...SMALLER, 0.75, 0.7, 0.65, 0.6];

const wide = (part) => part.scrollWidth > part.clientWidth + 1 && part.clientWidth > 0;
const fits = (slide) =>
  slide.scrollHeight <= HEIGHT && slide.scrollWidth <= WIDTH && ![...slide.querySelectorAll(".block")].some(wide);

// Set a slide in the largest type of a list in which it fits; say whether there is one.
const setType = (slide, sizes) =>
  sizes.some((size) => {
    slide.style.fontSize = `${size}em`;
    return fits(slide);
  });

// Move the blocks that do not fit to a new slide below, under the same heading.
const cut = (slide) => {
  const heading = slide.querySelector("h1, h2, h3, h4");
  const below = document.createElement("section");
  if (heading) {
    const repeated = heading.cloneNode(true);
    repeated.classList.add("continued");
    repeated.removeAttribute("id");
    below.append(repeated);
  }
  const moved = [];
  slide.style.fontSize = "1em";
  while (!fits(slide)) {
    const blocks = [...slide.children].filter((child) => !child.matches("aside, .continued"));
    if (blocks.length < 2) break;
    moved.unshift(blocks.at(-1));
    moved[0].remove();
  }
  if (!moved.length) return null;
  below.append(...moved);
  slide.after(below);
  return below;
};

const layOut = (slide) => {
  if (setType(slide, SMALLER)) return;
  const below = cut(slide);
  setType(slide, SMALLEST);
  if (below) layOut(below);
};

window.addEventListener("load", async () => {
  await MathJax.startup.promise;
  await document.fonts.ready;
  // Slides are measured as they will be shown, one under the other.
  document.body.classList.add("measuring");
  for (const slide of document.querySelectorAll(".slides > section > section")) layOut(slide);
  document.body.classList.remove("measuring");
  await Reveal.initialize({
    width: WIDTH,
    height: HEIGHT,
    margin: 0.02,
    center: false,
    hash: true,
    slideNumber: "c/t",
    transition: "none",
    plugins: [RevealNotes],
  });
  document.body.classList.add("ready");
});
