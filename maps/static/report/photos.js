// Photos: made smaller on the phone, shown, taken out again. What a canvas writes holds pixels and nothing else.

import { position } from "./exif.js";
import { button, element, form, given, say, wrong } from "./given.js";
import { inArea, pin, point } from "./place.js";

const { most, side, pixels } = given.photos;
const input = form.elements.photos;
const previews = form.querySelector("[data-previews]");
const offer = form.querySelector("[data-photo-place]");

let kept = [];
let changed = () => {};

export function startPhotos(onChange) {
  changed = onChange;
  input.addEventListener("change", async () => {
    const files = [...input.files];
    input.value = "";
    await add(files);
  });
}

export const photos = () => kept;

export function setPhotos(blobs) {
  kept = blobs;
  draw();
}

async function add(files) {
  wrong("photos");
  input.setAttribute("aria-busy", "true");
  for (const file of files) {
    if (kept.length >= most) {
      wrong("photos", say("photosMost"));
      break;
    }
    const where = await position(file);
    const small = await shrink(file);
    if (small) kept = [...kept, small];
    else wrong("photos", say("photoBad"));
    if (small && where && !point() && inArea(...where)) offerPlace(where);
  }
  input.removeAttribute("aria-busy");
  draw();
  changed();
}

/** Return the photo as a JPEG of at most `side` pixels along and `pixels` in all, upright; null if it is none. */
async function shrink(file) {
  try {
    const image = await createImageBitmap(file, { imageOrientation: "from-image" });
    const scale = Math.min(1, side / Math.max(image.width, image.height), Math.sqrt(pixels / (image.width * image.height)));
    const canvas = document.createElement("canvas");
    canvas.width = Math.max(1, Math.round(image.width * scale));
    canvas.height = Math.max(1, Math.round(image.height * scale));
    const brush = canvas.getContext("2d");
    brush.fillStyle = "#fff";
    brush.fillRect(0, 0, canvas.width, canvas.height);
    brush.drawImage(image, 0, 0, canvas.width, canvas.height);
    image.close();
    return await new Promise((resolve) => {
      canvas.toBlob(resolve, "image/jpeg", 0.85);
    });
  } catch {
    return null;
  }
}

function draw() {
  for (const image of previews.querySelectorAll("img")) URL.revokeObjectURL(image.src);
  previews.replaceChildren(...kept.map(preview));
  previews.hidden = kept.length === 0;
  input.disabled = kept.length >= most;
}

function preview(photo, index) {
  const image = element("img", { src: URL.createObjectURL(photo), alt: "" });
  const out = button("×", () => {
    kept = kept.filter((each) => each !== photo);
    draw();
    changed();
    input.focus();
  });
  out.setAttribute("aria-label", say("photoRemove", { n: index + 1 }));
  return element("li", {}, image, out);
}

function offerPlace([lon, lat]) {
  const shut = () => {
    offer.hidden = true;
  };
  const yes = button(say("photoPlaceYes"), () => {
    shut();
    pin(lon, lat);
  });
  offer.replaceChildren(element("p", { text: say("photoPlace") }), element("div", { class: "row" }, yes, button(say("photoPlaceNo"), shut)));
  offer.hidden = false;
}
