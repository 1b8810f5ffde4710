// «Швидко вийти»: another page in place of this one, by the button or by Esc pressed three times; the draft is forgotten.

const WITHIN = 1500;
const FORGET = "bezpeka-forget";

let pressed = [];

export function leave() {
  const elsewhere = document.querySelector("[data-leave]")?.href;
  if (!elsewhere) return;
  try {
    // Leaving doesn't wait for the store: what it can't do now is done when the form is opened again.
    localStorage.setItem(FORGET, "1");
  } catch {
    // A browser that keeps nothing has nothing to forget.
  }
  document.documentElement.hidden = true;
  location.replace(elsewhere);
}

/** Say whether somebody left in a hurry last time; asking takes it back. */
export function leftInHurry() {
  try {
    const left = localStorage.getItem(FORGET) === "1";
    localStorage.removeItem(FORGET);
    return left;
  } catch {
    return false;
  }
}

document.addEventListener("click", (event) => {
  if (!event.target.closest?.("[data-leave]")) return;
  event.preventDefault();
  leave();
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || event.repeat) return;
  pressed = [...pressed.filter((at) => event.timeStamp - at < WITHIN), event.timeStamp];
  if (pressed.length >= 3) leave();
});
