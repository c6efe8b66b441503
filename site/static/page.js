// A formula wider than its line scrolls on its own, by keyboard too; so does code, which the theme looks at only when the
// window changes.
const markWide = () => {
  for (const code of document.querySelectorAll("article pre")) code.tabIndex = code.scrollWidth > code.clientWidth ? 0 : -1;
  for (const formula of document.querySelectorAll("mjx-container")) {
    formula.classList.remove("wide");
    const line = formula.closest("p, li, td, th, div.math") ?? formula.parentElement;
    const wide = formula.scrollWidth > formula.clientWidth + 1 || formula.getBoundingClientRect().width > line.clientWidth;
    formula.classList.toggle("wide", wide);
    if (wide) formula.tabIndex = 0;
    else formula.removeAttribute("tabindex");
  }
};

// A picture that a phone makes too small is enlarged by a tap, as an explorer is.
const frameStills = () => {
  for (const picture of document.querySelectorAll("article img.picture")) {
    const frame = make("div", { class: "frame" });
    picture.replaceWith(frame);
    frame.append(picture);
    zoomable(frame, picture, Number(picture.getAttribute("width")));
  }
};

// The second thing that the Tab key finds leads to the first slider.
const linkToTheFirstExplorer = () => {
  const [first] = explorers();
  if (!first) return;
  const link = make("a", { href: "#explorer" }, "Skip to the first picture that moves");
  first.id = "explorer";
  link.addEventListener("click", async (event) => {
    event.preventDefault();
    await wake(first);
    first.querySelector("div").shadowRoot.querySelector("input, select, button").focus();
    first.scrollIntoView();
  });
  document.querySelector(".skip-link").after(make("div", { class: "skip-link d-print-none" }, link));
};

document.addEventListener("DOMContentLoaded", () => {
  linkToTheFirstExplorer();
  frameStills();
});
window.addEventListener("load", async () => {
  await window.MathJax?.startup?.promise;
  const article = document.querySelector("article") ?? document.body; // the page of the search has none
  let width = 0;
  // the bars beside the text slide, so that its width is known some time after that of the window
  new ResizeObserver(() => {
    if (article.clientWidth === width) return;
    width = article.clientWidth;
    requestAnimationFrame(markWide);
  }).observe(article);
});
