// A formula wider than its line scrolls on its own, by keyboard too.
const markWideFormulas = () => {
  for (const formula of document.querySelectorAll("mjx-container")) {
    formula.classList.remove("wide");
    const line = formula.closest("p, li, td, th, div.math") ?? formula.parentElement;
    const wide = formula.scrollWidth > formula.clientWidth + 1 || formula.getBoundingClientRect().width > line.clientWidth;
    formula.classList.toggle("wide", wide);
    if (wide || formula.scrollHeight > formula.clientHeight) formula.tabIndex = 0;
    else formula.removeAttribute("tabindex");
  }
};

window.addEventListener("load", async () => {
  await window.MathJax?.startup?.promise;
  markWideFormulas();
  window.addEventListener("resize", markWideFormulas);
});
