// A report's public page: the device's own key beside what its owner says, sharing, printing.

import { device } from "../report/keeping.js";
import { startShare } from "./share.js";

document.documentElement.classList.add("scripted");
startShare();

device()
  .then((key) => {
    for (const field of document.querySelectorAll("[data-device]")) field.value = key;
  })
  .catch((reason) => console.info("no key of this device:", reason.message)); // the page's own serves

const print = document.querySelector("[data-print]");
print.hidden = false;
print.addEventListener("click", () => window.print());
