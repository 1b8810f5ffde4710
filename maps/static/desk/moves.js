// Forms that lie folded: a link, a key or the address opens one and puts the cursor into its first field.

/** Open the folded part of that id and go there; tell whether it is there. */
export function openAt(id) {
  const part = document.getElementById(id);
  if (!part) return false;
  if (part.tagName === "DETAILS") {
    for (const other of document.querySelectorAll(".moves > details[open]")) {
      if (other !== part && part.closest(".moves")) other.open = false;
    }
    part.open = true;
  }
  part.scrollIntoView({ block: "nearest" });
  const field = part.matches("input, textarea, select, button") ? part : part.querySelector(
    ":scope input:not([type=hidden]), :scope textarea, :scope select, :scope button",
  );
  (field || part).focus();
  return true;
}

export function startMoves() {
  document.addEventListener("click", (event) => {
    const link = event.target.closest("[data-opens]");
    if (link && openAt(link.dataset.opens)) event.preventDefault();
  });
  if (location.hash) openAt(location.hash.slice(1));
  for (const form of document.querySelectorAll("form[method=post]")) {
    // A second press while the first is on its way would only be told that the report has changed.
    form.addEventListener("submit", () => setTimeout(() => form.setAttribute("aria-busy", "true")));
  }
  document.addEventListener("submit", (event) => {
    if (event.target.getAttribute("aria-busy") === "true") event.preventDefault();
  });
  addEventListener("pageshow", () => {
    for (const form of document.querySelectorAll("form[aria-busy]")) form.removeAttribute("aria-busy");
  });
}
