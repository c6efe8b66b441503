// The page's half of a live figure: controls, picture and sentence, in JupyterLab, on the site and on slides.
// Only where its patches come from differs: from a kernel (`live`), from a table made beforehand (`beforehand`), or, in
// a lecture, from the Python that serves the slides (site/static/lecture.js).
// A patch may hold `scene`, the whole picture with an empty group for each part that moves, and `axes`, where its axes
// lie; `parts`, the content of such groups; `defs` and `colours`, what the picture names for the first time; `said`,
// the sentence; `at`, the places of the controls; `off`, the controls that change nothing now; `trouble`, what went wrong.
const LOOK = LOOKS;
const WAIT = 500; // milliseconds without an answer, after which the page says that it waits
const LONG = 5000; // and after which it says what to do
const REST = 400; // milliseconds without a move, after which the sentence is spoken
const WAITS = "Waits for Python.";
const WAITS_LONG = "Waits for Python. If no cell is running, run this cell again.";
const GONE = "Run this cell to move the picture: the Python that drew it has ended.";
const OFF = "It changes nothing now: see the other controls.";
const OLD = "This browser is too old to move the picture: it needs DecompressionStream (Chrome 80, Firefox 113, Safari 16.4).";

const inflate = async (bytes) => {
  if (!globalThis.DecompressionStream) throw new Error(OLD);
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
  return JSON.parse(await new Response(stream).text());
};

const make = (tag, attributes = {}, ...inside) => {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name in node && typeof value !== "string") node[name] = value;
    else node.setAttribute(name, value);
  }
  node.append(...inside);
  return node;
};

// Each kind of control: build its nodes, tell `moved(place)` what the hand does, and return `show(place)`.
let count = 0;
const KINDS = {
  slider(one, moved, complain) {
    const id = `range-${++count}`;
    const last = one.words.length - 1;
    const range = make("input", { type: "range", id, min: "0", max: `${last}`, step: "1" });
    const nodes = [make("label", { for: id }, one.label), range];
    let here = one.start;
    range.addEventListener("input", () => moved(Number(range.value)));
    let shown = (words) => words;
    if (one.values) {
      const letters = Math.max(...one.words.map((words) => words.length));
      const typed = make("input", { class: "typed", inputmode: "text", "aria-label": `${one.label}, typed`, autocomplete: "off" });
      typed.style.setProperty("--letters", letters);
      const commit = () => {
        if (typed.value === one.words[here]) return;
        const found = place(one, typed.value);
        if (found === null) {
          complain(`“${typed.value}” is not a number from ${one.words[0]} to ${one.words[last]}.`);
          typed.value = one.words[here];
        } else {
          typed.value = one.words[found];
          moved(found);
        }
      };
      typed.addEventListener("change", commit);
      // JupyterLab keeps the default of this key from happening.
      typed.addEventListener("keydown", (event) => {
        if (event.key === "Enter") commit();
        const step = { ArrowUp: 1, ArrowDown: -1 }[event.key];
        if (step) {
          moved(Math.min(Math.max(here + step, 0), last));
          event.preventDefault();
        }
      });
      nodes.push(typed);
      shown = (words) => (typed.value = words);
    } else {
      const output = make("output", { for: id });
      nodes.push(output);
      shown = (words) => (output.value = words);
    }
    const show = (k) => {
      here = k;
      range.value = k;
      range.setAttribute("aria-valuetext", one.words[k]);
      shown(one.words[k]);
    };
    return { nodes, show };
  },

  stepper(one, moved, complain, settled) {
    const { nodes, show } = KINDS.slider(one, moved, complain);
    const last = one.words.length - 1;
    let here = one.start;
    let timer = null;
    const still = matchMedia("(prefers-reduced-motion: reduce)");
    const play = make("button", { type: "button" }, "▶");
    const stop = () => {
      clearTimeout(timer);
      timer = null;
      play.textContent = "▶";
      play.setAttribute("aria-label", `Play: ${one.label}`);
      play.disabled = still.matches;
      play.title = still.matches ? "Your system asks for little motion: step with ‹ and ›" : "";
    };
    const beat = async () => {
      await settled(); // no step is left out because Python is slow
      if (timer === null) return;
      if (here === last) return stop();
      moved(here + 1);
      timer = setTimeout(beat, one.interval);
    };
    play.addEventListener("click", () => {
      if (timer !== null) return stop();
      play.textContent = "⏸";
      play.setAttribute("aria-label", `Stop: ${one.label}`);
      if (here === last) moved(0);
      timer = setTimeout(beat, one.interval);
    });
    still.addEventListener("change", stop);
    const step = (by, sign, words) => {
      const button = make("button", { type: "button", "aria-label": `${words}: ${one.label}` }, sign);
      button.addEventListener("click", () => {
        stop();
        moved(Math.min(Math.max(here + by, 0), last));
      });
      return button;
    };
    nodes.push(step(-1, "‹", "One step back"), step(1, "›", "One step on"), play);
    stop();
    return { nodes, stop, show: (k) => show((here = k)) };
  },

  choice(one, moved, complain) {
    if (one.shape === "slider") return KINDS.slider(one, moved, complain);
    const id = `choice-${++count}`;
    if (one.shape === "list") {
      const list = make("select", { id }, ...one.words.map((words, k) => make("option", { value: `${k}` }, words)));
      list.addEventListener("change", () => moved(Number(list.value)));
      return { nodes: [make("label", { for: id }, one.label), list], show: (k) => (list.value = k) };
    }
    const radios = one.words.map((words, k) => {
      const radio = make("input", { type: "radio", name: id, value: `${k}`, "aria-label": words });
      radio.addEventListener("change", () => moved(k));
      return radio;
    });
    const buttons = radios.map((radio, k) => make("label", {}, radio, one.words[k]));
    const group = make("span", { class: "choices", role: "radiogroup", "aria-labelledby": id }, ...buttons);
    return { nodes: [make("span", { id }, one.label), group], show: (k) => (radios[k].checked = true) };
  },

  switch(one, moved) {
    const id = `switch-${++count}`;
    const box = make("input", { type: "checkbox", id });
    box.addEventListener("change", () => moved(Number(box.checked)));
    return { nodes: [box, make("label", { for: id }, one.label)], show: (k) => (box.checked = k === 1) };
  },

  button(one, moved) {
    let presses = one.start;
    const button = make("button", { type: "button" }, one.label);
    button.addEventListener("click", () => moved(presses + 1));
    return { nodes: [button], show: (k) => (presses = k) };
  },

  text(one, moved) {
    const id = `text-${++count}`;
    const box = make("input", { class: "text", id, maxlength: `${one.longest}`, autocomplete: "off", spellcheck: "false" });
    box.addEventListener("input", () => moved(box.value));
    return {
      nodes: [make("label", { for: id }, one.label), box],
      show: (text) => box.value !== text && (box.value = text),
    };
  },
};

// The place next to a typed number; null for what is not a number or out of range.
const place = (one, typed) => {
  const same = one.words.indexOf(typed.trim());
  if (same >= 0) return same;
  const plain = typed.replace(/[\s\u202f\u00a0]/g, "").replace(/[−–]/g, "-").replace(",", ".");
  const number = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(plain) ? Number(plain) : NaN;
  const slack = 1e-9 * Math.max(...one.values.map(Math.abs));
  if (!(number >= one.values[0] - slack && number <= one.values.at(-1) + slack)) return null;
  return nearest(one, number);
};

// The place next to a number, on the scale of the control.
const nearest = (one, number) => {
  const scale = one.log ? (x) => Math.log(Math.max(x, Number.MIN_VALUE)) : (x) => x;
  const distances = one.values.map((value) => Math.abs(scale(value) - scale(number)));
  return distances.indexOf(Math.min(...distances));
};

// Whether the page around a node is dark: its letters are lighter than half.
const isDark = (node) => {
  const [red, green, blue] = (getComputedStyle(node).color.match(/[\d.]+/g) ?? [0, 0, 0]).map(Number);
  return 0.3 * red + 0.6 * green + 0.1 * blue > 128;
};

// Fold a patch into the state of a picture, for a view that is opened later.
const fold = (state, patch) => {
  for (const name of ["parts", "defs", "colours"]) state[name] = { ...state[name], ...patch[name] };
  for (const name of ["scene", "axes", "said", "at", "off"]) if (name in patch) state[name] = patch[name];
  return state;
};

// Places on axes: a share of their length for a value, on a linear or logarithmic scale.
const share = ([scale, low, high], value) =>
  scale === "log" ? Math.log(value / low) / Math.log(high / low) : (value - low) / (high - low);
const unshare = ([scale, low, high], part) =>
  scale === "log" ? low * (high / low) ** part : low + (high - low) * part;
const toPage = ({ box: [left, top, width, height], x, y }, [at, up]) =>
  [left + width * share(x, at), top + height * (1 - share(y, up))];
const toData = ({ box: [left, top, width, height], x, y }, [across, down]) =>
  [unshare(x, (across - left) / width), unshare(y, 1 - (down - top) / height)];
const closest = (distances) => distances.indexOf(Math.min(...distances));
const around360 = (degrees) => Math.abs(((degrees + 540) % 360) - 180);

// The place of each control of a handle for a point of the page: the nearest that the picture can show.
const pulled = (axes, ways, [across, down], now) => {
  const [x, y] = toData(axes, [across, down]);
  const away = {
    x: (value) => Math.abs(toPage(axes, [value, y])[0] - across),
    y: (value) => Math.abs(toPage(axes, [x, value])[1] - down),
    radius: (value) => Math.abs(value - Math.hypot(x, y)),
    angle: (value) => around360(value - (Math.atan2(y, x) * 180) / Math.PI),
    points: (point) => Math.hypot(...toPage(axes, point).map((side, k) => side - [across, down][k])),
  };
  return Object.fromEntries(
    Object.entries(ways).map(([way, { name, at }]) => {
      const distances = at.map(away[way]);
      // of places that look alike it keeps the present one
      return [name, distances[now[name]] <= Math.min(...distances) + 1e-9 ? now[name] : closest(distances)];
    }),
  );
};

// Where a handle without an artist lies.
const ringAt = (axes, ways, at) => {
  const value = (way) => ways[way]?.at[at[ways[way].name]];
  if (ways.points) return toPage(axes, value("points"));
  if (ways.radius || ways.angle) {
    const [radius, angle] = [value("radius") ?? 1, ((value("angle") ?? 0) * Math.PI) / 180];
    return toPage(axes, [radius * Math.cos(angle), radius * Math.sin(angle)]);
  }
  return toPage(axes, [value("x") ?? axes.x[1], value("y") ?? axes.y[1]]);
};
const RING = 2100; // the side of the smallest handle, in units of the picture: some 29 pixels of the page

// Draw the handles over the picture; `set(places)` moves the controls. Returns what puts them in their places.
const handles = (spec, svg, root, over, axesNow, placesNow, set) => {
  const rings = spec.handles.map(({ axes, group, ways }) => {
    const names = Object.values(ways).map(({ name }) => name);
    const ring = document.createElementNS("http://www.w3.org/2000/svg", "rect");
    const label = names.map((name) => spec.controls[name].label).join(" and ");
    for (const [name, value] of Object.entries({ tabindex: 0, role: "slider", "aria-label": `Drag: ${label}` })) {
      ring.setAttribute(name, value);
    }
    const only = Object.keys(ways).length === 1 ? Object.keys(ways)[0] : "";
    ring.setAttribute("class", `handle ${only}`);
    over.append(ring);
    let offset = [0, 0];
    const point = (event) => {
      const { x, y } = new DOMPoint(event.clientX, event.clientY).matrixTransform(svg.getScreenCTM().inverse());
      return [x, y];
    };
    const centre = () => ["x", "y"].map((side, k) => Number(ring.getAttribute(side)) + ring.getAttribute(["width", "height"][k]) / 2);
    ring.addEventListener("pointerdown", (event) => {
      const [at, middle] = [point(event), centre()];
      offset = [middle[0] - at[0], middle[1] - at[1]]; // it does not jump to the pointer
      ring.setPointerCapture(event.pointerId);
      ring.classList.add("held");
      ring.focus({ preventScroll: true });
      event.preventDefault();
    });
    // the page neither scrolls nor turns back under the finger
    ring.addEventListener("touchstart", (event) => event.preventDefault(), { passive: false });
    ring.addEventListener("pointermove", (event) => {
      if (!ring.hasPointerCapture(event.pointerId)) return;
      const at = point(event);
      set(pulled(axesNow()[axes], ways, [at[0] + offset[0], at[1] + offset[1]], placesNow()));
    });
    for (const end of ["lostpointercapture", "pointercancel"]) ring.addEventListener(end, () => ring.classList.remove("held"));
    ring.addEventListener("keydown", (event) => {
      const across = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      const up = { ArrowUp: 1, ArrowDown: -1 }[event.key];
      const { name, at: coordinates } = (up && ways.y) || ways.x || ways.angle || Object.values(ways)[0];
      const by = across ?? up;
      if (by === undefined) return;
      // up is up, also where the axis counts downwards
      const reversed = up && ways.y ? axesNow()[axes].y[1] > axesNow()[axes].y[2] !== coordinates[0] > coordinates.at(-1) : false;
      set({ [name]: (k) => Math.min(Math.max(k + (reversed ? -by : by), 0), coordinates.length - 1) });
      event.preventDefault();
    });
    return (at, off) => {
      const box = group === null ? null : root.getElementById(group)?.getBBox();
      const hidden = names.every((name) => off.includes(name)) || (group !== null && !(box?.width || box?.height));
      ring.style.display = hidden ? "none" : "";
      if (hidden) return;
      const [x, y] = box ? [box.x + box.width / 2, box.y + box.height / 2] : ringAt(axesNow()[axes], ways, at);
      const [width, height] = [Math.max(box?.width ?? 0, RING), Math.max(box?.height ?? 0, RING)];
      const sides = { x: x - width / 2, y: y - height / 2, width, height, rx: Math.min(width, height) / 2 };
      if (width > 2 * RING && height > 2 * RING) sides.rx = 0;
      for (const [side, value] of Object.entries(sides)) ring.setAttribute(side, value);
      const words = names.map((name) => spec.controls[name].words[at[name]]);
      ring.setAttribute("aria-valuemin", 0);
      ring.setAttribute("aria-valuemax", Object.values(ways)[0].at.length - 1);
      ring.setAttribute("aria-valuenow", at[names[0]]);
      ring.setAttribute("aria-valuetext", words.join(", "));
    };
  });
  return (at, off) => rings.forEach((put) => put(at, off));
};

// Where a picture has too little room to be read, it is as large as its letters need and moves sideways in `frame`; a
// phone shows the whole of it first. A tap or a pinch changes its size.
const LEGIBLE = 0.85; // of its own width, where the letters beside its ticks are 15 pixels high; words are 14 or 16
const PHONE = matchMedia("(max-width: 480px)");
const zoomable = (frame, picture, width) => {
  const button = make("button", { type: "button", class: "zoom", hidden: true });
  let level = 1; // in widths of the frame
  let chosen = false; // whether the hand has said how large
  let pinch = null;
  const enough = () => (LEGIBLE * width) / frame.clientWidth;
  const show = (wanted, across = frame.clientWidth / 2) => {
    const point = (frame.scrollLeft + across) / level;
    level = Math.max(1, Math.min(wanted, 1.6 * enough()));
    const large = level > 1;
    picture.style.width = large ? `${100 * level}%` : "";
    picture.style.maxWidth = large ? "none" : "";
    frame.scrollLeft = point * level - across;
    frame.classList.toggle("large", large);
    frame.tabIndex = large ? 0 : -1; // the arrow keys swipe it
    button.textContent = large ? "Show the whole picture" : "Enlarge the picture";
  };
  const turn = (across) => {
    chosen = true;
    show(level > 1 ? 1 : enough(), across);
  };
  const from = (event) => event.clientX - frame.getBoundingClientRect().left;
  const spread = ([one, two]) => Math.hypot(one.clientX - two.clientX, one.clientY - two.clientY);
  button.addEventListener("click", () => turn());
  frame.addEventListener("click", (event) => {
    if (!button.hidden && !event.target.closest(".handle")) turn(from(event));
  });
  frame.addEventListener("touchstart", ({ touches }) => {
    pinch = touches.length === 2 && !button.hidden ? { level, apart: spread(touches) } : null;
  }, { passive: true });
  frame.addEventListener("touchmove", (event) => {
    if (!pinch || event.touches.length !== 2) return;
    event.preventDefault(); // the page around it stays as it is
    chosen = true;
    const [one, two] = event.touches;
    show((pinch.level * spread(event.touches)) / pinch.apart, (from(one) + from(two)) / 2);
  }, { passive: false });
  new ResizeObserver(() => {
    button.hidden = enough() < 1.05 || !frame.clientWidth; // not laid out yet
    if (button.hidden) show(1);
    else if (!chosen && !PHONE.matches) show(enough(), 0);
  }).observe(frame);
  show(1);
  frame.after(button);
};

// Build controls, picture and sentence in `around`; `ask(at)` promises the patch for the places of the controls.
// `advice` is what the page says when the answer takes long.
const figure = (around, spec, ask, advice = WAITS_LONG) => {
  const host = around.appendChild(make("div", { "data-lm-suppress-shortcuts": "true" }));
  const root = host.attachShadow({ mode: "open" });
  const [width, height] = spec.size;
  root.innerHTML = `<style>${LOOK}</style><style></style><div class="knobs"></div>
    <div class="frame"><svg viewBox="0 0 ${width} ${height}"><defs></defs><g class="scene" role="img"></g>
    <g class="over"></g></svg></div>
    <p class="note"></p><p class="said" aria-hidden="true"></p><div class="knobs below"></div><p class="spoken" role="status" aria-live="polite"></p>`;
  host.style.setProperty("--width", `${spec.width}px`);
  host.style.setProperty("--scale", spec.scale);
  const [colours, knobs, below, frame, svg, defs, scene, over, note, said, spoken] = [
    "style + style", ".knobs", ".below", ".frame", "svg", "defs", ".scene", ".over", ".note", ".said", ".spoken",
  ].map((name) => root.querySelector(name));
  scene.setAttribute("aria-label", spec.alt);
  zoomable(frame, svg, spec.width);
  const state = { parts: {}, defs: {}, colours: {}, axes: [], at: {}, off: [] };
  const shows = {};
  const fields = {};
  const stops = [];

  const theme = () => host.classList.toggle("dark", isDark(around));
  const watcher = new MutationObserver(theme);
  for (const node of [document.body, document.documentElement]) watcher.observe(node, { attributes: true });
  const system = matchMedia("(prefers-color-scheme: dark)");
  system.addEventListener("change", theme);

  // Said at once to the eye, and to the ear when the hand rests.
  let rest = null;
  const speak = (words) => {
    clearTimeout(rest);
    rest = setTimeout(() => (spoken.textContent = words), REST);
  };
  const tell = (words) => {
    note.textContent = words;
    if (words) speak(words);
  };

  const draw = (patch) => {
    const fresh = Object.keys(patch.defs ?? {}).filter((id) => !(id in state.defs));
    const shades = Object.keys(patch.colours ?? {}).filter((name) => !(name in state.colours));
    const before = state.parts;
    fold(state, patch);
    if (shades.length) {
      const list = (k) => Object.entries(state.colours).map(([name, pair]) => `--${name}:${pair[k]};`).join("");
      colours.textContent = `:host{${list(0)}}:host(.dark){${list(1)}--cffffff:var(--jp-layout-color0,var(--pst-color-background,#0f0f0f))}`;
    }
    if (fresh.length) defs.insertAdjacentHTML("beforeend", fresh.map((id) => state.defs[id]).join(""));
    if ("scene" in patch) scene.innerHTML = state.scene;
    for (const [name, text] of Object.entries("scene" in patch ? state.parts : (patch.parts ?? {}))) {
      if (!("scene" in patch) && before[name] === text) continue;
      const group = root.getElementById(name); // none where its axes are hidden
      if (group) group.innerHTML = text;
    }
    if ("said" in patch) {
      said.textContent = patch.said;
      speak(patch.said);
    }
    for (const [name, field] of Object.entries(fields)) {
      field.disabled = state.off.includes(name);
      field.title = field.disabled ? OFF : "";
    }
    tell(patch.trouble ?? "");
    putHandles(state.at, state.off);
    host.dataset.drawn = Number(host.dataset.drawn ?? 0) + 1;
  };

  // At most one question is under way; of those that come meanwhile the latest is asked.
  let flying = false;
  let waiting = false;
  let idle = [];
  const go = async () => {
    if (flying) {
      waiting = true;
      return;
    }
    flying = true;
    host.dataset.asks = "true";
    const slow = setTimeout(() => {
      frame.classList.add("waits");
      tell(WAITS);
    }, WAIT);
    const long = setTimeout(() => tell(advice), LONG);
    try {
      draw({ ...(await ask({ ...state.at })), at: state.at });
    } catch (error) {
      tell(error.message);
    }
    clearTimeout(slow);
    clearTimeout(long);
    frame.classList.remove("waits");
    flying = false;
    if (waiting) {
      waiting = false;
      go();
    } else {
      delete host.dataset.asks;
      idle.forEach((done) => done());
      idle = [];
    }
  };
  const settled = () => (flying ? new Promise((done) => idle.push(done)) : Promise.resolve());

  const set = (places) => {
    const moved = Object.entries(places)
      .map(([name, k]) => [name, typeof k === "function" ? k(state.at[name]) : k])
      .filter(([name, k]) => state.at[name] !== k);
    state.at = { ...state.at, ...Object.fromEntries(moved) };
    for (const [name, k] of moved) shows[name](k);
    if (moved.length) go();
  };
  const putHandles = handles(spec, svg, root, over, () => state.axes, () => state.at, set);
  for (const [name, one] of Object.entries(spec.controls)) {
    const { nodes, show, stop } = KINDS[one.kind](one, (k) => set({ [name]: k }), tell, settled);
    [shows[name], state.at[name]] = [show, one.start];
    if (stop) stops.push(stop);
    fields[name] = make("fieldset", { class: "control", "data-name": name }, ...nodes);
    (one.below ? below : knobs).append(fields[name]);
    show(one.start);
  }
  const reset = make("button", { type: "button" }, "Reset");
  reset.addEventListener("click", () => {
    stops.forEach((stop) => stop());
    for (const [name, one] of Object.entries(spec.controls)) shows[name](one.start);
    state.at = Object.fromEntries(Object.entries(spec.controls).map(([name, one]) => [name, one.start]));
    go();
  });
  // it has no row to itself: the last control goes with it
  knobs.append(make("span", { class: "last" }, ...[knobs.lastElementChild].filter(Boolean), reset));
  // Keys that a control understands are not for the notebook or the slides around it.
  host.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" && !event.ctrlKey && !event.metaKey && !(event.shiftKey && event.key === "Enter")) {
      event.stopPropagation();
    }
  });
  // A view is built before it is on the page, where its colours and the places of its parts are known.
  const placed = new ResizeObserver(() => {
    theme();
    putHandles(state.at, state.off);
  });
  placed.observe(host);

  // A patch that this view did not ask for moves its controls too.
  const heard = (patch) => {
    if (patch.at && !flying) {
      for (const [name, k] of Object.entries(patch.at)) if (state.at[name] !== k) shows[name](k);
      draw(patch);
    } else draw({ ...patch, at: state.at });
  };
  const close = () => {
    stops.forEach((stop) => stop());
    watcher.disconnect();
    placed.disconnect();
    system.removeEventListener("change", theme);
    host.remove();
  };
  return { host, heard, tell, close };
};

// In a notebook the kernel answers. One model may have several views, opened at any time.
const live = () => {
  const state = {};
  const views = new Set();
  const asked = new Map();
  let queue = Promise.resolve();
  let number = 0;
  const gone = (node) => node.closest(".jupyter-widgets-disconnected") !== null;

  const initialize = ({ model }) => {
    queue = inflate(model.get("picture")).then((first) => fold(state, first));
    const heard = (content, buffers) => {
      queue = queue
        .then(() => inflate(buffers[0]))
        .then((patch) => {
          fold(state, patch);
          const answered = asked.get(content.n);
          asked.delete(content.n);
          for (const view of views) if (view !== answered?.view) view.heard(patch);
          answered?.resolve(patch);
        })
        .catch((error) => views.forEach((view) => view.tell(error.message)));
    };
    model.on("msg:custom", heard);
    return () => model.off("msg:custom", heard);
  };

  const render = async ({ model, el }) => {
    const key = Math.random().toString(36).slice(2);
    let view = null;
    const ask = (at) =>
      new Promise((resolve, reject) => {
        if (gone(el)) return reject(new Error(GONE));
        const n = `${key}-${++number}`;
        try {
          model.send({ n, at });
        } catch {
          return reject(new Error(GONE)); // the line to the kernel is cut
        }
        asked.set(n, { view, resolve, reject });
      });
    view = figure(el, model.get("spec"), ask);
    // When the kernel ends, so does every question to it.
    const alive = () => {
      if (!gone(el)) return;
      for (const { reject } of asked.values()) reject(new Error(GONE));
      asked.clear();
      view.tell(GONE);
    };
    const watcher = new MutationObserver(alive);
    watcher.observe(el, { attributes: true, attributeFilter: ["class"] });
    try {
      await queue;
      view.heard(state);
    } catch (error) {
      view.tell(error.message);
    }
    views.add(view);
    alive();
    return () => {
      watcher.disconnect();
      views.delete(view);
      view.close();
    };
  };
  return { initialize, render };
};

// On a plain page the table answers: it lies in the page, so that a folder on a disk will do.
const beforehand = async (place) => {
  const script = place.querySelector("script");
  const bytes = Uint8Array.from(atob(script.textContent), (letter) => letter.charCodeAt(0));
  const table = await inflate(bytes);
  const controls = Object.entries(table.spec.controls);
  const row = (at) => controls.reduce((sum, [name, one]) => sum * one.words.length + at[name], 0);
  const patch = (at) => {
    const k = row(at);
    const now = Object.entries(table.columns).map(([name, column]) => [name, table.texts[name][column[k]]]);
    const { scene, axes, said, off, ...parts } = Object.fromEntries(now);
    const fresh = shown === scene ? {} : { scene };
    shown = scene;
    return { ...fresh, axes: JSON.parse(axes), off: JSON.parse(off), parts, said, at };
  };
  let shown = null;
  const view = figure(place, table.spec, async (at) => patch(at));
  place.querySelector(".still").replaceWith(view.host);
  view.heard({ ...patch(Object.fromEntries(controls.map(([name, one]) => [name, one.start]))), defs: table.defs, colours: table.colours });
  script.remove();
};

const waking = new Map();
const wake = (place) => {
  const complain = (error) => place.querySelector("figcaption")?.append(` ${error.message}`);
  if (!waking.has(place)) waking.set(place, beforehand(place).catch(complain));
  return waking.get(place);
};
const explorers = () => [...document.querySelectorAll("figure.explorer:has(> script)")];

// On slides all explorers are there before the slides are measured; on a page each comes when it is near.
const wakeAll = () => Promise.all(explorers().map(wake));
const wakeWhenNear = () => {
  const near = new IntersectionObserver(
    (entries) => {
      for (const { target } of entries.filter((entry) => entry.isIntersecting)) {
        near.unobserve(target);
        wake(target);
      }
    },
    { rootMargin: "1000px" },
  );
  const start = () => {
    if (!document.querySelector(".reveal")) explorers().forEach((place) => near.observe(place));
  };
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
  else start();
};
