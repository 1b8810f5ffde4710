// A button that copies the snippet; without scripts it can be selected and copied as any text.

const snippet = document.querySelector("#snippet");
const button = document.querySelector("[data-copy]");
const said = document.querySelector("[data-copied]");

button.hidden = false;
button.addEventListener("click", async () => {
  snippet.select();
  try {
    await navigator.clipboard.writeText(snippet.value);
  } catch {
    document.execCommand("copy"); // over plain http there is no clipboard
  }
  said.textContent = said.dataset.copied;
});
