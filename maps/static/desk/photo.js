// Regions to blur, drawn on the photo; each is a line of numbers in the form, which can be typed as well.

const canvas = document.querySelector("#canvas");
const photo = document.querySelector("#photo");
const list = document.querySelector("#regions");
const SIDES = ["left", "top", "width", "height"];
const LEAST = 0.8; // per cent: a shorter pull is a slip of the hand

if (canvas && list) start();

function start() {
  document.querySelector("#draw-help").hidden = false;
  const add = document.querySelector("#add-region");
  add.hidden = false;
  add.addEventListener("click", () => empty(true).querySelector("input").focus());
  list.addEventListener("input", draw);
  list.addEventListener("click", (event) => {
    if (event.target.closest(".drop")) drop(event.target.closest(".region"));
  });
  for (const line of lines()) line.querySelector(".drop").hidden = false;
  canvas.classList.add("draws");
  canvas.addEventListener("pointerdown", pull);
  photo.addEventListener("dragstart", (event) => event.preventDefault());
  draw();
}

function lines() {
  return [...list.querySelectorAll(".region")];
}

function values(line) {
  return SIDES.map((side) => Number(field(line, side).value.replace(",", ".")) || 0);
}

function field(line, side) {
  return line.querySelector(`[name="${side}"]`);
}

/** Return a line that is still empty, a new one where there is none or one is wanted. */
function empty(fresh = false) {
  const free = lines().find((line) => SIDES.every((side) => !field(line, side).value));
  if (free && !fresh) return free;
  const line = lines()[0].cloneNode(true);
  for (const side of SIDES) field(line, side).value = "";
  list.append(line);
  line.setAttribute("aria-label", line.getAttribute("aria-label").replace(/\d+/, lines().length));
  return line;
}

function drop(line) {
  if (lines().length > 1) line.remove();
  else for (const side of SIDES) field(line, side).value = "";
  draw();
}

function put(line, box) {
  SIDES.forEach((side, place) => {
    field(line, side).value = String(Math.round(box[place] * 10) / 10);
  });
}

/** Show every line as a rectangle on the photo. */
function draw() {
  for (const old of canvas.querySelectorAll(".blot")) old.remove();
  for (const line of lines()) {
    const [left, top, width, height] = values(line);
    if (!(width > 0 && height > 0)) continue;
    const blot = document.createElement("div");
    blot.className = "blot";
    Object.assign(blot.style, { left: `${left}%`, top: `${top}%`, width: `${width}%`, height: `${height}%` });
    canvas.append(blot);
  }
}

function pull(start) {
  if (start.button !== 0) return;
  start.preventDefault();
  canvas.setPointerCapture(start.pointerId);
  const from = at(start);
  const line = empty();
  const follow = (event) => {
    const to = at(event);
    const left = Math.min(from[0], to[0]), top = Math.min(from[1], to[1]);
    put(line, [left, top, Math.abs(from[0] - to[0]), Math.abs(from[1] - to[1])]);
    draw();
  };
  const end = () => {
    canvas.removeEventListener("pointermove", follow);
    const [, , width, height] = values(line);
    if (width < LEAST || height < LEAST) {
      for (const side of SIDES) field(line, side).value = "";
    }
    draw();
  };
  canvas.addEventListener("pointermove", follow);
  canvas.addEventListener("pointerup", end, { once: true });
  canvas.addEventListener("pointercancel", end, { once: true });
}

/** Return where on the photo a pointer is, in per cent. */
function at(event) {
  const box = photo.getBoundingClientRect();
  const share = (value) => Math.min(100, Math.max(0, value * 100));
  return [share((event.clientX - box.left) / box.width), share((event.clientY - box.top) / box.height)];
}
