// Explorers without a kernel: the controls choose among pictures that were drawn beforehand.
document.addEventListener("DOMContentLoaded", () => {
  for (const figure of document.querySelectorAll("figure.frames")) {
    const { sources, sentences, alt } = JSON.parse(figure.querySelector("script").textContent);
    const picture = figure.querySelector("img");
    const caption = figure.querySelector("figcaption");
    const panel = figure.querySelector(".knobs");
    const controls = [...panel.querySelectorAll("input, select")];
    const first = controls.map((control) => control.value);
    const count = (control) => (control.options ? control.options.length : Number(control.max) + 1);

    const show = () => {
      const index = controls.reduce((sum, control) => sum * count(control) + Number(control.value), 0);
      for (const control of controls.filter((control) => control.dataset.words)) {
        const words = JSON.parse(control.dataset.words)[control.value];
        control.setAttribute("aria-valuetext", words);
        control.nextElementSibling.value = words;
      }
      picture.src = sources[index];
      picture.alt = `${alt} ${sentences[index]}`;
      caption.textContent = sentences[index];
    };

    // All pictures are fetched when a hand comes near, so that none is waited for.
    const fetchAll = () => sources.forEach((source) => (new Image().src = source));
    panel.addEventListener("focusin", fetchAll, { once: true });
    panel.addEventListener("pointerenter", fetchAll, { once: true });
    panel.addEventListener("input", show);
    // On slides the arrow keys belong to the control that has the focus.
    panel.addEventListener("keydown", (event) => event.key !== "Escape" && event.stopPropagation());
    panel.querySelector("button").addEventListener("click", () => {
      controls.forEach((control, k) => (control.value = first[k]));
      show();
    });
    panel.hidden = false;
  }
});
